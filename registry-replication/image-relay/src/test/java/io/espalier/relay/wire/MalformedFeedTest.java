package io.espalier.relay.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.espalier.http.DoorSettings;
import io.espalier.http.HttpDoor;
import io.espalier.relay.feed.Feed;
import io.espalier.relay.feed.FeedLimits;
import io.espalier.relay.feed.Want;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.PeerAddress;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketFrame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What breaks the format ends its own feed with a reason, and nothing else. Without TLS, which is below the format. */
@Timeout(60)
class MalformedFeedTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String GOOD_WANT = new FeedMessages().want(FeedRig.want(1, "app", 5, 5, 0));

    private final MemorySource source = new MemorySource();
    private final TestNode node = TestNode.startPlain("node", source);
    private final List<AutoCloseable> opened = new ArrayList<>(List.of(node));

    MalformedFeedTest() throws Exception {}

    @AfterEach
    void close() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }

    static Stream<String> malformedTexts() {
        return Stream.of(
                "",
                "{",
                "null",
                "[]",
                "{\"type\":\"sing\"}",
                "{\"type\":\"release\"}",
                "{\"type\":\"release\",\"want\":-1}",
                "{\"type\":\"release\",\"want\":99999999999}",
                "{\"type\":\"complain\",\"want\":1}",
                "{\"type\":\"complain\",\"want\":-1,\"index\":0}",
                "{\"type\":\"complain\",\"want\":1,\"index\":1048576}",
                "[".repeat(5000),
                GOOD_WANT.replace("\"size\":", "\"size\":-"),
                GOOD_WANT.replace("\"size\":", "\"size\":9999999"),
                GOOD_WANT.replace("\"chunkBytes\":65536", "\"chunkBytes\":1"),
                GOOD_WANT.replace("\"chunkBytes\":65536", "\"chunkBytes\":2147483647"),
                GOOD_WANT.replace("\"priority\":5", "\"priority\":0"),
                GOOD_WANT.replace("\"linkBytesPerSecond\":0", "\"linkBytesPerSecond\":-7"),
                GOOD_WANT.replace("\"repository\":\"app\"", "\"repository\":\"../etc\""),
                GOOD_WANT.replace("sha256:", "sha256:../"),
                GOOD_WANT.replace("\"have\":\"\"", "\"have\":\" FeedRig.want FeedRig.want FeedRig.want FeedRig.want\""),
                GOOD_WANT.replace("\"have\":\"\"", "\"have\":\"AAAAAAAA\""),
                GOOD_WANT.replace("\"have\":\"\"", "\"have\":7"));
    }

    @ParameterizedTest
    @MethodSource("malformedTexts")
    void aMalformedTextEndsTheFeedWithAReason(String text) throws Exception {
        WebSocket bad = raw();
        WebSocket good = raw();
        CompletableFuture<String> reason = new CompletableFuture<>();
        bad.closeHandler(gone -> reason.complete(CloseReason.of(bad)));

        bad.writeTextMessage(text);

        assertThat(reason.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).contains("Tried to read a feed message");
        assertThat(good.isClosed()).isFalse();
    }

    @Test
    void aBinaryMessageOfAChildEndsTheFeed() throws Exception {
        WebSocket bad = raw();
        bad.writeBinaryMessage(Buffer.buffer(new byte[100]));
        await().atMost(LIMIT).until(bad::isClosed);
        assertThat(bad.closeReason()).contains("no binary messages");
    }

    @Test
    void aTextThatIsTooLargeEndsTheFeed() throws Exception {
        WebSocket bad = raw();
        bad.writeTextMessage("x".repeat(FeedLimits.TEXT_BYTES + 1));
        await().atMost(LIMIT).until(bad::isClosed);
        assertThat(raw().isClosed()).isFalse();
    }

    @Test
    void moreWantsThanAFeedMayHaveEndIt() throws Exception {
        WebSocket bad = raw();
        CompletableFuture<String> reason = new CompletableFuture<>();
        bad.closeHandler(gone -> reason.complete(CloseReason.of(bad)));
        FeedMessages messages = new FeedMessages();
        for (int i = 0; i <= FeedLimits.WANTS; i++) {
            // Known but without a chunk, so that it stays open.
            source.add(MemorySource.digest(i), 0);
            bad.writeTextMessage(messages.want(FeedRig.want(i, "app", 5, 5, 0)));
        }
        assertThat(reason.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).contains("open wants");
        await().atMost(LIMIT).until(() -> node.feeds.feeds(new NodeId("raw")) == 0);
    }

    @Test
    void aWantIdUsedTwiceEndsTheFeed() throws Exception {
        WebSocket bad = raw();
        bad.writeTextMessage(GOOD_WANT);
        bad.writeTextMessage(GOOD_WANT);
        await().atMost(LIMIT).until(bad::isClosed);
        assertThat(bad.closeReason()).contains("twice");
    }

    private WebSocket raw() throws Exception {
        PeerSockets sockets = new PeerSockets(node.door.vertx(), new NodeId("raw"), MemberProof.believingEveryone());
        opened.add(sockets);
        return sockets.connect(node.address(), FeedDoor.PATH).socket().resume();
    }

    private static Buffer chunk(int want, int index, int length, int bytes) {
        return Buffer.buffer()
                .appendInt(0x01_01_00_00)
                .appendInt(want)
                .appendInt(index)
                .appendInt(length)
                .appendBytes(new byte[bytes]);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "short header",
                "unknown kind",
                "negative index",
                "index beyond the end",
                "length of another chunk",
                "length beyond the limit",
                "too few bytes",
                "too many bytes",
                "continuation first",
                "two beginnings",
                "unknown text",
                "text in parts"
            })
    void aMalformedMessageOfAParentEndsTheFeedWithAReason(String what) throws Exception {
        HttpDoor parent = badParent(socket -> send(socket, what));
        Received heard = new Received();
        Feed feed = node.opener.open(new PeerAddress(new NodeId("bad"), "127.0.0.1", parent.port()), heard);

        feed.want(new Want(1, "app", MemorySource.digest(1), 3L * FeedRig.CHUNK, FeedRig.CHUNK, 5, 0, new BitSet()));

        await().atMost(LIMIT).until(() -> !heard.closed.isEmpty());
        assertThat(heard.closed).singleElement().asString().containsAnyOf("Tried to read", "the link broke: ");
        assertThat(heard.of(1)).isEmpty();
    }

    private static void send(ServerWebSocket socket, String what) {
        int size = FeedRig.CHUNK;
        switch (what) {
            case "short header" -> binary(socket, Buffer.buffer(new byte[7]));
            case "unknown kind" -> binary(socket, Buffer.buffer(new byte[200]));
            case "negative index" -> binary(socket, chunk(1, -1, size, size));
            case "index beyond the end" -> binary(socket, chunk(1, 3, size, size));
            case "length of another chunk" -> binary(socket, chunk(1, 0, 100, 100));
            case "length beyond the limit" -> binary(socket, chunk(1, 0, Integer.MAX_VALUE, 100));
            case "too few bytes" -> binary(socket, chunk(1, 0, size, size - 1));
            case "too many bytes" -> binary(socket, chunk(1, 0, size, size + 1));
            case "continuation first" ->
                socket.writeFrame(WebSocketFrame.continuationFrame(Buffer.buffer("abc"), true));
            case "two beginnings" -> {
                socket.writeFrame(WebSocketFrame.binaryFrame(chunk(1, 0, size, 10), false));
                binary(socket, chunk(1, 0, size, size));
            }
            case "unknown text" -> socket.writeTextMessage("{\"type\":\"dance\"}");
            default -> {
                socket.writeFrame(WebSocketFrame.textFrame("{\"type\":", false));
                socket.writeFrame(WebSocketFrame.continuationFrame(Buffer.buffer("\"alive\"}"), true));
            }
        }
    }

    private static void binary(ServerWebSocket socket, Buffer message) {
        socket.writeFinalBinaryFrame(message);
    }

    private HttpDoor badParent(Consumer<ServerWebSocket> answer) throws Exception {
        HttpDoor door = HttpDoor.open(
                DoorSettings.of("bad-parent", "127.0.0.1", 0).withCloseLimit(Duration.ofMillis(200)),
                router -> router.get(FeedDoor.PATH).handler(ctx -> ctx.request()
                        .toWebSocket()
                        .onSuccess(socket -> socket.textMessageHandler(want -> answer.accept(socket)))));
        opened.add(door);
        return door;
    }
}
