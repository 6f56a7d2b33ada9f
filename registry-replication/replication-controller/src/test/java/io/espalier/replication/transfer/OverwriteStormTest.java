package io.espalier.replication.transfer;

import static io.espalier.replication.transfer.ReplicatorBench.soon;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.espalier.registry.client.RegistryClient;
import io.espalier.registry.endpoint.RegistryEndpoint;
import io.espalier.relay.protocol.MasterMessage.Assign;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.Route;
import io.espalier.replication.image.ChunkHasher;
import io.espalier.replication.image.ImageFilter;
import io.espalier.replication.image.ImageResolver;
import io.espalier.replication.image.PlatformList;
import io.espalier.replication.member.Member;
import io.espalier.replication.trigger.Notifications;
import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.ImagePusher;
import io.espalier.testkit.registry.RegistryServer;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pushes into a real docker-registry, heard by its notifications, up to what nodes are told. */
@RequiresProgram("docker-registry")
class OverwriteStormTest {
    @TempDir
    private Path folder;

    private final FakeMembers members = new FakeMembers("a");
    private final MemoryStore store = new MemoryStore(members);
    private HttpServer door;
    private RegistryServer server;
    private RegistryClient registry;
    private Replicator replicator;
    private ImagePusher pusher;

    @BeforeEach
    void start() throws Exception {
        door = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        door.createContext("/v1/notifications", exchange -> {
            try (exchange) {
                Notifications notifications =
                        new Notifications("", List.of("espalier-image-relay"), replicator::changed);
                notifications.receive(null, exchange.getRequestBody().readAllBytes());
                exchange.sendResponseHeaders(202, -1);
            }
        });
        door.start();
        server = RegistryServer.in(folder.resolve("registry"))
                .notifying(
                        URI.create("http://127.0.0.1:" + door.getAddress().getPort() + "/v1/notifications"), Map.of())
                .start();
        pusher = ImagePusher.to(server.uri());
        registry = RegistryClient.of(RegistryEndpoint.allowingPlainHttp(server.uri()));
        replicator = new Replicator(
                new TransferSettings(ImageFilter.everything(), PriorityRules.parse(List.of()), Backfill.CURRENT, 0, 0),
                ReplicatorBench.FAST,
                members,
                store,
                new Star(),
                new ImageResolver(registry, PlatformList.all()),
                new ChunkHasher(registry, folder.resolve("hashes"), 1 << 20),
                Clock.systemUTC(),
                () -> {},
                new Releases(false));
        replicator.start();
    }

    @AfterEach
    void stop() {
        replicator.close();
        registry.close();
        server.close();
        door.stop(0);
    }

    /** Everyone gets it from the master. */
    private static final class Star implements RoutePlanner {
        @Override
        public Tree plan(long bytes, Collection<Member> nodes) {
            Map<NodeId, Route> routes = new HashMap<>();
            Member master = nodes.stream().filter(Member::master).findFirst().orElseThrow();
            nodes.forEach(node -> routes.put(node.id(), Route.along(List.of(master.address()), 0)));
            return new Tree(routes, Map.of());
        }

        @Override
        public List<Member> nearest(Member node, Collection<Member> holders) {
            return List.of();
        }
    }

    private List<Assign> assigned(String tag) {
        return members.sent("a", Assign.class).stream()
                .filter(assign -> assign.transfer().tags().stream()
                        .anyMatch(part -> part.tag().equals(tag)))
                .toList();
    }

    private String lastDigest(String tag) {
        return assigned(tag).stream()
                .flatMap(assign -> assign.transfer().tags().stream())
                .filter(part -> part.tag().equals(tag))
                .reduce((first, second) -> second)
                .map(part -> part.digest())
                .orElse("");
    }

    @Test
    void tagThatIsOverwrittenQuicklyEndsAtItsNewestDigestAndNeverGoesBack() {
        SampleImage last = SampleImages.oci(0, 100);
        for (int i = 0; i < 20; i++) {
            last = SampleImages.oci(i, 100);
            pusher.push(last, "storm/app", "latest");
        }
        SampleImage first = SampleImages.oci(0, 100);
        pusher.pushManifest(first, "storm/app", "latest");
        for (int i = 0; i < 5; i++) {
            pusher.pushManifest(last, "storm/app", "v" + i);
        }
        String newest = last.digest();

        soon().until(() -> lastDigest("latest").equals(first.digest()));
        for (int i = 0; i < 5; i++) {
            String tag = "v" + i;
            soon().alias(tag).until(() -> lastDigest(tag).equals(newest));
        }
        assertThat(assigned("latest"))
                .extracting(assign -> assign.transfer().tags().get(0).generation())
                .isSorted()
                .doesNotHaveDuplicates();
    }

    @Test
    void signatureThatIsPushedLaterFollowsItsImage() {
        SampleImage image = SampleImages.oci(50, 100);
        pusher.push(image, "storm/signed", "1");
        soon().until(() -> lastDigest("1").equals(image.digest()));
        SampleImage signature = SampleImages.cosignSignature(image);
        pusher.push(signature, "storm/signed", SampleImages.signatureTag(image));
        SampleImage referrer = SampleImages.referrer(image, "application/vnd.test.sbom", 51, 20);
        pusher.pushReferrer(referrer, image, "storm/signed");

        soon().until(() -> lastDigest(SampleImages.signatureTag(image)).equals(signature.digest()));
        soon().until(() -> lastDigest(image.fallbackTag())
                .equals(SampleImages.index(referrer).digest()));
    }
}
