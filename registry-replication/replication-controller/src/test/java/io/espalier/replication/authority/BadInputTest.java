package io.espalier.replication.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.espalier.relay.control.ClientTls;
import io.espalier.relay.control.ControlClient;
import io.espalier.relay.control.MasterAddress;
import io.espalier.relay.identity.PeerTrust;
import io.espalier.relay.protocol.MessageCodec;
import io.espalier.relay.protocol.NodeMessage;
import io.espalier.replication.store.MemoryNodeStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.http.WebSocketFrame;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.ClientSSLOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the routes of the master say to wrong requests; after each the master still serves. */
class BadInputTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    private final MemoryNodeStore store = new MemoryNodeStore();
    private final Vertx vertx = Vertx.vertx();
    private TestMaster master;
    private TestNode node;

    private record Answer(int status, String code, String message) {}

    @BeforeEach
    void start() throws Exception {
        master = TestMaster.start(folder.resolve("m"), store);
        node = new TestNode(vertx, "b", folder).joined(TestNode.at(master.port()), master.token());
    }

    @AfterEach
    void masterStillServes() throws Exception {
        ControlClient client = node.connect(TestNode.at(master.port()));
        await().atMost(LIMIT).until(client::connected);
        node.close();
        master.stop();
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private ClientSSLOptions tls(boolean withCertificate) {
        return ClientTls.options(withCertificate ? node.identity().keys() : null, PeerTrust.master(node.identity()));
    }

    private Answer post(String path, boolean withCertificate, String body) throws Exception {
        HttpClientAgent client = vertx.createHttpClient();
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setHost("127.0.0.1")
                .setPort(master.port())
                .setURI(path)
                .setSsl(true)
                .setSslOptions(tls(withCertificate));
        return get(client.request(options)
                .compose(request -> request.send(Buffer.buffer(body)))
                .compose(response -> response.body().map(bytes -> answer(response.statusCode(), bytes))));
    }

    private static Answer answer(int status, Buffer body) {
        JsonObject json = body.toJsonObject();
        return new Answer(status, json.getString("code", ""), json.getString("message", ""));
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private WebSocket socket(boolean withCertificate) throws Exception {
        WebSocketClient client = vertx.createWebSocketClient();
        return get(client.connect(new WebSocketConnectOptions()
                .setHost("127.0.0.1")
                .setPort(master.port())
                .setURI("/v1/control")
                .setSsl(true)
                .setSslOptions(tls(withCertificate))));
    }

    private String join(String field, Object value) {
        return new JsonObject()
                .put("token", master.token().substring(0, 43))
                .put("node", new JsonObject().put("value", "c"))
                .put("host", "c.example.org")
                .put("port", 8490)
                .put("registry", "http://127.0.0.1:5000")
                .put("signingRequest", node.identity().signingRequest())
                .put(field, value)
                .encode();
    }

    @Test
    void joinThatIsNoJsonIsRefused() throws Exception {
        assertThat(post("/v1/join", false, "{").status).isEqualTo(400);
        assertThat(post("/v1/join", false, "").status).isEqualTo(400);
        assertThat(post("/v1/join", false, "null").status).isEqualTo(400);
        assertThat(post("/v1/join", false, "{}").message).contains("joinrequest");
    }

    @Test
    void joinWithWrongFieldsNamesThem() throws Exception {
        assertThat(post("/v1/join", false, join("node", new JsonObject().put("value", "No Name"))).message)
                .contains("No Name");
        assertThat(post("/v1/join", false, join("host", "a b")).message).contains("'host'");
        assertThat(post("/v1/join", false, join("port", 0)).message).contains("port 0");
        assertThat(post("/v1/join", false, join("registry", "ftp://x")).message).contains("URL of a registry");
        Answer credentials = post("/v1/join", false, join("registry", "https://u:secret@reg.example.org"));
        assertThat(credentials.status).isEqualTo(400);
        assertThat(credentials.message).contains("without credentials").doesNotContain("secret");
        assertThat(master.membership().all()).hasSize(2);
    }

    @Test
    void joinWithoutAProofOfItsKeyIsRefused() throws Exception {
        assertThat(post("/v1/join", false, join("signingRequest", "nonsense")).message)
                .contains("signing request");
        assertThat(post("/v1/join", false, join("signingRequest", brokenProof())).message)
                .contains("signing request is refused");
        assertThat(master.membership().all()).hasSize(2);
    }

    /** Another key than the one that signed. */
    private String brokenProof() throws Exception {
        String own = node.identity().signingRequest();
        String[] lines = own.split("\n", -1);
        byte[] der = Base64.getMimeDecoder().decode(String.join("", Arrays.copyOfRange(lines, 1, lines.length - 2)));
        der[der.length - 1] ^= 1;
        return lines[0] + "\n" + Base64.getMimeEncoder().encodeToString(der) + "\n" + lines[lines.length - 2];
    }

    @Test
    void goodJoinPassesThatTheOthersDifferFromInOneField() throws Exception {
        assertThat(post("/v1/join", false, join("port", 8490)).status).isEqualTo(200);
    }

    @Test
    void joinThatIsTooLargeIsRefused() throws Exception {
        assertThat(post("/v1/join", false, join("registry", "x".repeat(70_000))).status)
                .isEqualTo(413);
    }

    @Test
    void renewalAndControlNeedACertificate() throws Exception {
        Answer renewal = post("/v1/renew", false, "{}");
        assertThat(renewal.status).isEqualTo(401);
        assertThat(renewal.message).contains("certificate");
        try {
            socket(false);
        } catch (ExecutionException e) {
            assertThat(e.getCause())
                    .isInstanceOfSatisfying(UpgradeRejectedException.class, rejected -> assertThat(rejected.getStatus())
                            .isEqualTo(401));
            return;
        }
        throw new AssertionError("A control link was opened without a certificate.");
    }

    @Test
    void renewalThatIsNoRequestIsRefused() throws Exception {
        assertThat(post("/v1/renew", true, "[1]").status).isEqualTo(400);
        assertThat(post("/v1/renew", true, "{\"signingRequest\":\"x\"}").message)
                .contains("signing request");
    }

    @Test
    void controlLinkThatDoesNotBeginWithHelloIsClosed() throws Exception {
        for (String first : new String[] {"{}", "nonsense", "{\"type\":\"report\",\"transfers\":[]}", "\u0000\u0001"}) {
            WebSocket socket = socket(true);
            CompletableFuture<String> closed = new CompletableFuture<>();
            socket.closeHandler(end -> closed.complete(String.valueOf(socket.closeReason())));
            socket.writeTextMessage(first);
            assertThat(closed.get(20, TimeUnit.SECONDS)).as(first).contains("not understood");
        }
        assertThat(master.listener().events()).isEmpty();
    }

    @Test
    void aMessageOfANewerReleaseIsLeftOutAndTheLinkStays() throws Exception {
        WebSocket socket = socket(true);
        NodeMessage.Observed after = new NodeMessage.Observed(TestMaster.NAME, 7, 8);
        MessageCodec codec = new MessageCodec();
        socket.writeTextMessage(codec.encode(node.hello()));
        socket.writeTextMessage("{\"type\":\"teleport\",\"to\":3}");
        socket.writeTextMessage(codec.encode(after));
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(master.listener().messages()).contains(after));
        assertThat(socket.isClosed()).isFalse();
    }

    @Test
    void messageBeyondTheLimitClosesTheLinkAndNamesTheLimit() throws Exception {
        WebSocket socket = socket(true);
        CompletableFuture<String> closed = new CompletableFuture<>();
        socket.closeHandler(end -> closed.complete(socket.closeStatusCode() + " " + socket.closeReason()));
        Buffer part = Buffer.buffer(new byte[60_000]);
        socket.writeFrame(WebSocketFrame.binaryFrame(part, false));
        for (int sent = 60_000; sent < 17 << 20; sent += 60_000) {
            socket.writeFrame(WebSocketFrame.continuationFrame(part, false));
        }
        assertThat(closed.get(20, TimeUnit.SECONDS)).startsWith("1009").contains("16777216 bytes");
    }

    @Test
    void plainHttpNamesTheNodeByAHeader() throws Exception {
        TestMaster plain = TestMaster.startPlain(folder.resolve("plain"), new MemoryNodeStore());
        MasterAddress address = new MasterAddress("127.0.0.1", plain.port(), true);
        TestNode bare = new TestNode(vertx, "p", folder).joined(address, plain.token());
        bare.connect(address);
        await().atMost(LIMIT).until(() -> plain.listener().events().contains("connected p"));
        TestNode unknown = new TestNode(vertx, "q", folder);
        unknown.connect(address);
        await().atMost(LIMIT).until(() -> !unknown.refusals().isEmpty());
        unknown.close();
        bare.close();
        plain.stop();
    }
}
