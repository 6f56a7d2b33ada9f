package io.espalier.relay.wire;

import static io.espalier.relay.permission.SigningAuthority.permission;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.http.DoorException;
import io.espalier.http.DoorSettings;
import io.espalier.http.DoorTls;
import io.espalier.http.HttpDoor;
import io.espalier.relay.act.ActDesk;
import io.espalier.relay.permission.PermissionCheck;
import io.espalier.relay.permission.SigningAuthority;
import io.espalier.relay.protocol.ActAnswer;
import io.espalier.relay.protocol.ActRequest;
import io.espalier.relay.protocol.ControlAction;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.NodeMessage;
import io.espalier.relay.protocol.PeerAddress;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.TrustOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Node a shows permissions at the real door of node b, over TLS with certificates on both sides. */
@Timeout(60)
class ActDoorTest {
    private static final NodeId B = new NodeId("b");

    @TempDir
    private Path folder;

    private final SigningAuthority authority = new SigningAuthority();
    private final List<NodeMessage> told = new CopyOnWriteArrayList<>();
    private TestCluster cluster;
    private TestCluster.Identity holder;
    private ActDoor acts;
    private HttpDoor door;

    @BeforeEach
    void open() throws Exception {
        cluster = new TestCluster();
        holder = cluster.issue("a");
        TestCluster.Identity target = cluster.issue("b");
        acts = new ActDoor(MemberProof.byCertificate(target));
        DoorSettings settings = DoorSettings.of("b", "127.0.0.1", 0)
                .withCloseLimit(Duration.ofMillis(300))
                .withBodiesLeftToHandlers()
                .withTls(new DoorTls(target.keys(), target.trust(), false));
        door = open(settings);
        acts.serve(new ActDesk(
                PermissionCheck.open(
                        B, () -> Optional.of(authority.key()), folder.resolve("permissions"), Clock.systemUTC()),
                (holder, action, subject) -> new ActAnswer(true, action + " of " + subject, List.of("one", "two")),
                told::add));
    }

    private HttpDoor open(DoorSettings settings) throws DoorException {
        return HttpDoor.open(settings, acts::install);
    }

    @AfterEach
    void close() {
        acts.close();
        door.close();
    }

    private PeerAddress address(String node) {
        return new PeerAddress(new NodeId(node), "localhost", door.port());
    }

    private ActAnswer carry(TestCluster.Identity as, ActRequest request) throws IOException {
        return new ActCalls(door.vertx(), as.node(), MemberProof.byCertificate(as)).carry(address("b"), request);
    }

    private ActRequest granted(ControlAction action, String subject) {
        return authority.request(permission("a", "b", action, subject, Instant.now()));
    }

    @Test
    void whoShowsAPermissionGetsTheAnswerOfTheTarget() throws Exception {
        ActAnswer answer = carry(holder, granted(ControlAction.IMAGES, "team/app"));
        assertThat(answer).isEqualTo(new ActAnswer(true, "IMAGES of team/app", List.of("one", "two")));
        assertThat(told).hasSize(1);
    }

    @Test
    void aSecondUseIsRefusedAndToldToTheMaster() throws Exception {
        ActRequest request = granted(ControlAction.IMAGES, "");
        carry(holder, request);
        assertThatThrownBy(() -> carry(holder, request))
                .hasMessageContaining("(403)")
                .hasMessageContaining("once");
        assertThat(told).hasSize(2);
    }

    @Test
    void aPermissionThatSomebodyElseFoundIsOfNoUse() throws Exception {
        TestCluster.Identity thief = cluster.issue("c");
        assertThatThrownBy(() -> carry(thief, granted(ControlAction.IMAGES, "")))
                .hasMessageContaining("was given to node a but you are node c");
    }

    @Test
    void aRemovedMemberGetsNothing() {
        ActRequest request = granted(ControlAction.IMAGES, "");
        cluster.revoke(holder);
        assertThatThrownBy(() -> carry(holder, request)).isInstanceOf(IOException.class);
        assertThat(told).isEmpty();
    }

    @Test
    void thePermissionIsShownToNobodyButTheTarget() {
        assertThatThrownBy(() -> new ActCalls(door.vertx(), holder.node(), MemberProof.byCertificate(holder))
                        .carry(address("c"), granted(ControlAction.IMAGES, "")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Tried to show the permission to c@localhost");
        assertThat(told).isEmpty();
    }

    @Test
    void badBodiesAreAnsweredWithSentences() throws Exception {
        assertThat(post(holder, "")).startsWith("400 ").contains("MALFORMED");
        assertThat(post(holder, "{")).startsWith("400 ");
        assertThat(post(holder, "{\"permission\":\"a.b.c\"}"))
                .startsWith("400 ")
                .contains("action is null");
        assertThat(post(holder, "{\"permission\":\"a\",\"action\":\"images\",\"subject\":\"\"}"))
                .startsWith("400 ")
                .contains("HEADER.CLAIMS.SIGNATURE");
        assertThat(post(holder, "x".repeat(ActDoor.MAX_BODY_BYTES + 1))).startsWith("413 ");
        assertThat(post(null, "{}")).startsWith("401 ").contains("CERTIFICATE_REQUIRED");
    }

    private String post(TestCluster.@Nullable Identity as, String body) throws Exception {
        HttpClientOptions options = new HttpClientOptions()
                .setSsl(true)
                .setVerifyHost(false)
                .setTrustOptions(TrustOptions.wrap(holder.trust()));
        if (as != null) {
            options.setKeyCertOptions(KeyCertOptions.wrap(as.keys()));
        }
        HttpClientAgent client = door.vertx().createHttpClient(options);
        try {
            return client.request(HttpMethod.POST, door.port(), "127.0.0.1", ActDoor.PATH)
                    .compose(request -> request.send(Buffer.buffer(body)))
                    .compose(answer -> answer.body().map(text -> answer.statusCode() + " " + text))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(20, TimeUnit.SECONDS);
        } finally {
            client.close();
        }
    }
}
