package io.espalier.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientWebSocket;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.http.WebSocketFrame;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.TrustOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WebSocketDoorTest {
    private static final int FRAME_BYTES = 1 << 20;
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(1);
    private static final String UPGRADE = String.join(
            "\r\n",
            "GET /v1/echo HTTP/1.1",
            "Host: localhost",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "",
            "");

    private final Vertx vertx = Vertx.vertx();
    private final Authority authority;
    private final DoorTls tls;
    private HttpDoor door;
    private WebSocketClient client;

    WebSocketDoorTest() throws Exception {
        authority = new Authority("House");
        tls = new DoorTls(authority.issue("door").keyManager(), authority.trustManager(), true);
    }

    @BeforeAll
    void open() throws Exception {
        door = HttpDoor.open(settings("socket-door"), WebSocketDoorTest::routes);
        client = vertx.createWebSocketClient(new WebSocketClientOptions()
                .setSsl(true)
                .setMaxFrameSize(4 * FRAME_BYTES)
                .setMaxMessageSize(4 * FRAME_BYTES)
                .setKeyCertOptions(KeyCertOptions.wrap(authority.issue("node-a").keyManager()))
                .setTrustOptions(TrustOptions.wrap(authority.trustManager())));
    }

    @AfterAll
    void close() throws Exception {
        door.close();
        get(vertx.close());
    }

    private DoorSettings settings(String name) {
        return DoorSettings.of(name, "127.0.0.1", 0)
                .withTls(tls)
                .withWebSocketFrames(FRAME_BYTES)
                .withCloseLimit(CLOSE_LIMIT);
    }

    private static void routes(Router router) {
        router.route("/v1/echo").handler(WebSocketDoorTest::echo);
        router.route("/v1/stubborn")
                .handler(ctx -> ctx.request().toWebSocket().onSuccess(socket -> socket.shutdownHandler(none -> {})));
    }

    private static void echo(RoutingContext ctx) {
        String peer =
                PeerCertificate.of(ctx).orElseThrow().getSubjectX500Principal().getName();
        ctx.request().toWebSocket().onSuccess(socket -> {
            socket.exceptionHandler(e -> socket.close((short) 1009));
            socket.binaryMessageHandler(socket::writeBinaryMessage);
            socket.writeTextMessage(peer);
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void echoesAFrameOfTheLargestSizeOverTls(boolean readsBodies) throws Exception {
        DoorSettings settings = settings("echo-door");
        try (HttpDoor other = HttpDoor.open(
                readsBodies ? settings : settings.withBodiesLeftToHandlers(), WebSocketDoorTest::routes)) {
            Talk talk = talk(other, "/v1/echo");
            byte[] frame = new byte[FRAME_BYTES];
            new Random(1).nextBytes(frame);

            get(talk.socket.writeBinaryMessage(Buffer.buffer(frame)));

            assertThat(talk.next().toString()).isEqualTo("CN=node-a");
            assertThat(talk.next().getBytes()).isEqualTo(frame);
            assertThat(talk.socket.headers().contains("Sec-WebSocket-Extensions"))
                    .as("compression was agreed on")
                    .isFalse();
        }
    }

    @Test
    void aFrameThatIsTooLargeEndsItsSocketAndNoOther() throws Exception {
        Talk good = talk(door, "/v1/echo");
        Talk bad = talk(door, "/v1/echo");
        good.next();

        bad.socket.writeBinaryMessage(Buffer.buffer(new byte[2 * FRAME_BYTES]));

        assertThat(bad.closed).succeedsWithin(Duration.ofSeconds(10));
        get(good.socket.writeBinaryMessage(Buffer.buffer("still here")));
        assertThat(good.next().toString()).isEqualTo("still here");
    }

    /** A client that sends the payload too may lose the answer to the reset of the connection; this one waits. */
    @Test
    void aFrameThatIsAnnouncedTooLargeIsAnsweredWith1009() throws Exception {
        byte[] head = ByteBuffer.allocate(14)
                .put(new byte[] {(byte) 0x82, (byte) 0xff})
                .putLong(FRAME_BYTES + 1)
                .putInt(0)
                .array();
        try (Socket socket = authority
                .client(authority.issue("node-b"))
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), door.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(UPGRADE.getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().readNBytes(12)).asString().isEqualTo("HTTP/1.1 101");
            socket.getOutputStream().write(head);

            String rest = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);

            assertThat(rest).contains("CN=node-b").containsPattern("\\x88.\\x03\\xf1");
        }
    }

    @Test
    void aMessageOfSeveralFramesThatGrowsTooLargeGoesToTheExceptionHandler() throws Exception {
        Talk talk = talk(door, "/v1/echo");
        Buffer half = Buffer.buffer(new byte[FRAME_BYTES / 2 + 1]);

        get(talk.socket.writeFrame(WebSocketFrame.binaryFrame(half, false)));
        talk.socket.writeFrame(WebSocketFrame.continuationFrame(half, true));

        assertThat(talk.closed.get(10, TimeUnit.SECONDS)).isEqualTo((short) 1009);
    }

    @Test
    void whatIsNoPathOfTheDoorIsNoWebSocketEither() {
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> talk(door, "/v1/none"))
                .withCauseInstanceOf(UpgradeRejectedException.class)
                .withMessageContaining("404");
    }

    @Test
    void aPageOfAnotherSiteGetsNoWebSocket() {
        WebSocketConnectOptions foreign = connect(door, "/v1/echo").addHeader("Origin", "https://evil.example");

        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> get(client.connect(foreign)))
                .withCauseInstanceOf(UpgradeRejectedException.class)
                .withMessageContaining("403");
    }

    @Test
    void closingTheDoorEndsOpenSocketsAtOnce() throws Exception {
        assertThat(timeToClose("/v1/echo")).isLessThan(CLOSE_LIMIT);
    }

    @Test
    void closingTheDoorWaitsForASocketThatHasMoreToSayUpToItsLimit() throws Exception {
        assertThat(timeToClose("/v1/stubborn")).isBetween(CLOSE_LIMIT, CLOSE_LIMIT.plusSeconds(3));
    }

    private Duration timeToClose(String path) throws Exception {
        HttpDoor closing = HttpDoor.open(settings("closing-door"), WebSocketDoorTest::routes);
        Talk talk = talk(closing, path);

        long start = System.nanoTime();
        closing.close();
        Duration taken = Duration.ofNanos(System.nanoTime() - start);

        assertThat(talk.closed.get(5, TimeUnit.SECONDS)).isEqualTo((short) 1000);
        HttpDoorTest.assertNoThreadOf("closing-door");
        return taken;
    }

    private Talk talk(HttpDoor with, String path) throws Exception {
        Talk talk = new Talk(client.webSocket());
        get(talk.socket.connect(connect(with, path)));
        return talk;
    }

    private static WebSocketConnectOptions connect(HttpDoor door, String path) {
        return new WebSocketConnectOptions()
                .setHost("127.0.0.1")
                .setPort(door.port())
                .setURI(path);
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    /** A WebSocket of the client, and what came over it. */
    private static final class Talk {
        private final ClientWebSocket socket;
        private final BlockingQueue<Buffer> received = new LinkedBlockingQueue<>();
        private final CompletableFuture<Short> closed = new CompletableFuture<>();

        Talk(ClientWebSocket socket) {
            this.socket = socket;
            socket.binaryMessageHandler(received::add);
            socket.textMessageHandler(text -> received.add(Buffer.buffer(text)));
            socket.closeHandler(none -> closed.complete(closeCode(socket)));
        }

        private static Short closeCode(WebSocket socket) {
            Short code = socket.closeStatusCode();
            return code == null ? Short.valueOf((short) 1006) : code;
        }

        Buffer next() throws InterruptedException {
            Buffer next = received.poll(10, TimeUnit.SECONDS);
            assertThat(next).as("the next message").isNotNull();
            return next == null ? Buffer.buffer() : next;
        }
    }
}
