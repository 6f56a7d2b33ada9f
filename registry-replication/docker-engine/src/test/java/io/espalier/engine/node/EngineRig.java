package io.espalier.engine.node;

import io.espalier.engine.check.Limits;
import io.espalier.engine.check.SmokeRules;
import io.espalier.engine.desk.ArrivalMode;
import io.espalier.engine.desk.DeskSettings;
import io.espalier.engine.desk.Purpose;
import io.espalier.engine.desk.RepositoryGlobs;
import io.espalier.engine.desk.TestCommands;
import io.espalier.engine.desk.TestOrder;
import io.espalier.engine.desk.TestResult;
import io.espalier.registry.client.RegistryClient;
import io.espalier.registry.endpoint.Credentials;
import io.espalier.registry.endpoint.RegistryEndpoint;
import io.espalier.relay.protocol.Arrival;
import io.espalier.testkit.docker.DockerEngineServer;
import io.espalier.testkit.registry.ImagePusher;
import io.espalier.testkit.registry.RegistryServer;
import io.espalier.testkit.registry.SampleImage;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;

/** A real engine, a real registry with a password, and nodes that use both. */
final class EngineRig implements AutoCloseable {
    static final Duration SOON = Duration.ofSeconds(60);
    private static final String USER = "tester";
    private static final String PASSWORD = "open sesame";

    final DockerEngineServer engine;
    final RegistryServer registry;
    private final RegistryClient client;
    private final Path folder;

    EngineRig(Path folder) throws Exception {
        this.folder = folder;
        engine = DockerEngineServer.start(folder.resolve("engine"));
        registry = RegistryServer.in(folder.resolve("registry"))
                .withUser(USER, PASSWORD)
                .start();
        client = RegistryClient.of(
                RegistryEndpoint.allowingPlainHttp(registry.uri()).as(new Credentials(USER, PASSWORD)));
    }

    /** Settings of a node called so: tests of a second and a half, ten at most. */
    DeskSettings settings(String name) {
        return settings(name, ArrivalMode.OFF, false, List.of(), "");
    }

    DeskSettings settings(String name, ArrivalMode arrivals, boolean gate, List<String> commands, String registryHost) {
        return new DeskSettings(
                data(name),
                arrivals,
                gate,
                RepositoryGlobs.of(List.of()),
                TestCommands.parse(commands),
                Duration.ofSeconds(10),
                Duration.ofMillis(1_500),
                new Limits(64L << 20, 1, 64, "none", false),
                2,
                10,
                registryHost);
    }

    Path data(String name) {
        return folder.resolve("data-" + name);
    }

    EngineNode node(DeskSettings settings) throws Exception {
        return EngineNode.start(engine.socket(), settings, () -> Optional.of(client), Clock.systemUTC());
    }

    void push(SampleImage image, String repository) {
        ImagePusher.to(registry.uri()).as(USER, PASSWORD).push(image, repository, "v1");
    }

    static Arrival arrival(SampleImage image, String repository) {
        return new Arrival("t", repository, "v1", image.digest(), 1, 1);
    }

    /** Tests an image by hand with other rules than the node's. */
    static TestResult test(EngineNode node, SampleImage image, String repository, SmokeRules rules) throws Exception {
        return node.desk().now(new TestOrder(Purpose.HAND, repository, "v1", image.digest(), rules, true, false));
    }

    /** The first result for an image. */
    TestResult awaitResult(EngineNode node, String image) {
        Awaitility.await("a result for " + image)
                .atMost(SOON)
                .until(() -> node.desk().find(image).isPresent());
        return node.desk().find(image).orElseThrow();
    }

    /** Waits until nothing of any test is in the engine. */
    void awaitClean() {
        Awaitility.await("containers and images of tests to be gone")
                .atMost(SOON)
                .until(() -> engine.containers().isEmpty()
                        && engine.images().stream().noneMatch(name -> name.startsWith("espalier-test/")));
    }

    @Override
    public void close() {
        client.close();
        registry.close();
        engine.close();
    }
}
