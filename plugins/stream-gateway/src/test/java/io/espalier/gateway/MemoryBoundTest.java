package io.espalier.gateway;

import static io.espalier.gateway.Sender.assertFault;
import static io.espalier.gateway.Sender.assertStored;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.espalier.http.DoorException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Queues are wide here in number; a stream may hold 10 000 bytes, and all of them 25 000. */
class MemoryBoundTest {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final String LINE = "x".repeat(4_000);

    private final FakePool pool = new FakePool();
    private final FixedDirectory directory = new FixedDirectory();
    private final List<CompletableFuture<HttpResponse<String>>> waiting = new ArrayList<>();
    private Gateway gateway;
    private Sender sender;

    @BeforeEach
    void open() throws DoorException {
        for (String stream : List.of("ads.web.a", "ads.web.b", "ads.web.c", "ads.web.d")) {
            directory.add(stream, stream, 5_000);
            pool.hanging.add(stream);
        }
        gateway = Gateway.open(settings(10_000, 25_000), () -> directory, Clock.systemUTC());
        gateway.usePool(pool);
        sender = new Sender(gateway.port());
    }

    private static GatewaySettings settings(long queueBytes, long totalBytes) {
        return new GatewaySettings(
                "7", "127.0.0.1", 0, 1, 8_000, 1_000, queueBytes, totalBytes, 1, 1 << 20, 30, 45, 60, "lz4");
    }

    @AfterEach
    void everythingIsGivenBack() {
        pool.release.countDown();
        waiting.forEach(answer -> assertStored(answer, 1));
        await("all memory to be given back").atMost(SOON).until(() -> gateway.heldBytes() == 0);
        gateway.close();
    }

    @Test
    void oneStreamHoldsNoMoreThanItsShareAlsoWithItsWriterHanging() {
        take("ads.web.a", 2);
        assertFault(sender.text("ads.web.a", LINE), 429, "QUEUE_FULL", "queue is full");
        assertThat(gateway.heldBytes()).isBetween(8_000L, 10_000L);
        take("ads.web.b", 1);
    }

    @Test
    void answersGatewayFullWhenAllStreamsTogetherHoldTheTotal() {
        take("ads.web.a", 2);
        take("ads.web.b", 2);
        take("ads.web.c", 2);
        assertFault(sender.text("ads.web.d", LINE), 503, "GATEWAY_FULL", "total-bytes");
        assertThat(gateway.queues()).anySatisfy(queue -> {
            assertThat(queue.stream()).hasToString("ads.web.d");
            assertThat(queue.pushedBack()).isEqualTo(1);
        });
    }

    @Test
    void countsABodyThatIsAnnouncedAndGivesItBackWhenItsSenderLeaves() throws IOException {
        try (Socket slow = halfSent("ads.web.a", "Content-Length: 7000\r\n\r\n")) {
            await("the announced bytes to be held").atMost(SOON).until(() -> gateway.heldBytes() == 7_000);
            assertFault(sender.text("ads.web.a", LINE), 429, "QUEUE_FULL", "queue is full");
            assertThat(slow.isConnected()).isTrue();
        }
        await("the bytes of the sender that left").atMost(SOON).until(() -> gateway.heldBytes() == 0);
        take("ads.web.a", 1);
    }

    @Test
    void countsABodyInChunksAsItComes() throws IOException {
        take("ads.web.a", 1);
        long before = gateway.heldBytes();
        try (Socket slow = halfSent("ads.web.a", "Transfer-Encoding: chunked\r\n\r\n400\r\n" + "y".repeat(0x400))) {
            await("the chunk to be held").atMost(SOON).until(() -> gateway.heldBytes() == before + 0x400);
            assertThat(slow.isConnected()).isTrue();
        }
        await("the chunk to be given back").atMost(SOON).until(() -> gateway.heldBytes() == before);
        assertFault(chunked("ads.web.a", 7_000), 429, "QUEUE_FULL", "queue is full");
    }

    @Test
    void refusesABodyInChunksThatIsTooLarge() {
        assertFault(chunked("ads.web.a", 9_000), 413, "REPORT_TOO_LARGE", "8000 bytes");
    }

    @Test
    void refusesATotalBelowOneStreamsShare() {
        assertThatThrownBy(() -> settings(10_000, 9_999))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("total-bytes is 9999");
    }

    private void take(String stream, int requests) {
        for (int i = 0; i < requests; i++) {
            long before = gateway.heldBytes();
            waiting.add(sender.text(stream, LINE));
            await("the request to be taken")
                    .atMost(SOON)
                    .until(() -> gateway.heldBytes() >= before + LINE.length()
                            && gateway.queues().stream()
                                            .mapToLong(queue -> queue.requests())
                                            .sum()
                                    == waiting.size());
        }
    }

    private CompletableFuture<HttpResponse<String>> chunked(String stream, int bytes) {
        return sender.send(sender.to("/v1/streams/" + stream + "/records")
                .header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[bytes])))
                .build());
    }

    private Socket halfSent(String stream, String rest) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port());
        String head =
                "POST /v1/streams/" + stream + "/records HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n";
        socket.getOutputStream().write((head + rest).getBytes(US_ASCII));
        return socket;
    }
}
