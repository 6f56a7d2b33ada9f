package io.espalier.replication.trigger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.espalier.registry.client.RegistryClient;
import io.espalier.registry.endpoint.RegistryEndpoint;
import io.espalier.registry.endpoint.RetryPolicy;
import io.espalier.registry.name.RepositoryName;
import io.espalier.registry.name.TagName;
import io.espalier.replication.image.GlobList;
import io.espalier.replication.image.ImageFilter;
import io.espalier.replication.image.PlatformList;
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
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Notifications that a real docker-registry sends, and looks at it. */
@RequiresProgram("docker-registry")
class RegistryTriggerTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final Map<String, String> known = new ConcurrentHashMap<>();
    private final Notifications notifications = new Notifications(
            "s3cret",
            List.of("espalier-relay"),
            (repository, reference, digest) -> heard.add(repository + " " + reference));
    private HttpServer door;
    private RegistryServer server;
    private RegistryClient registry;

    @BeforeEach
    void start() throws Exception {
        door = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        door.createContext("/v1/notifications", exchange -> {
            try (exchange) {
                String header = exchange.getRequestHeaders().getFirst("Authorization");
                byte[] body = exchange.getRequestBody().readAllBytes();
                boolean taken = notifications.receive(header, body) == Notifications.Outcome.TAKEN;
                exchange.sendResponseHeaders(taken ? 202 : 401, -1);
            }
        });
        door.start();
        URI uri = URI.create("http://127.0.0.1:" + door.getAddress().getPort() + "/v1/notifications");
        server = RegistryServer.in(folder)
                .notifying(uri, Map.of("Authorization", "Bearer s3cret"))
                .start();
        registry = client("test-client");
    }

    private RegistryClient client(String agent) throws Exception {
        return RegistryClient.of(RegistryEndpoint.allowingPlainHttp(server.uri())
                .retrying(RetryPolicy.NEVER)
                .callingItself(agent));
    }

    @AfterEach
    void stop() {
        registry.close();
        server.close();
        door.stop(0);
    }

    private SampleImage push(long seed, String repository, String tag) {
        SampleImage image = SampleImages.oci(seed, 100);
        ImagePusher.to(server.uri()).push(image, repository, tag);
        return image;
    }

    @Test
    void registryTellsOfEveryTagAlsoOfOneMoreOnTheSameDigest() {
        push(1, "shop/web", "1.0");
        push(1, "shop/web", "latest");

        await().atMost(LIMIT).untilAsserted(() -> assertThat(heard).contains("shop/web 1.0", "shop/web latest"));
    }

    @Test
    void pushesOfRelaysStartNothing() throws Exception {
        SampleImage image = push(2, "shop/web", "1.0");
        RepositoryName repository = RepositoryName.of("shop/web");
        try (RegistryClient relay = client("espalier-relay/0.1")) {
            relay.putManifest(
                    repository,
                    TagName.of("own"),
                    relay.manifest(repository, TagName.of("1.0")).orElseThrow());
        }
        await().atMost(LIMIT).until(() -> notifications.ownEvents() == 1);

        assertThat(heard).doesNotContain("shop/web own").contains("shop/web " + image.digest());
    }

    private RegistryLook look() {
        ImageFilter filter =
                new ImageFilter(GlobList.of(List.of("shop/*")), GlobList.of(List.of("!dev-*")), PlatformList.all());
        return new RegistryLook(
                registry,
                filter,
                (repository, tag) -> Optional.ofNullable(known.get(repository + ":" + tag)),
                (repository, reference, digest) -> heard.add("look " + repository + " " + reference));
    }

    private List<String> looked() {
        return heard.stream().filter(line -> line.startsWith("look ")).toList();
    }

    @Test
    void lookFindsNewAndChangedTagsThatPassTheFilters() throws Exception {
        SampleImage old = push(3, "shop/web", "old");
        push(4, "shop/web", "new");
        push(5, "shop/web", "dev-1");
        push(6, "other/web", "1");
        push(7, "shop/web", old.fallbackTag() + ".sig");
        known.put("shop/web:old", old.digest());
        RegistryLook look = look();
        look.look();
        assertThat(looked())
                .containsExactlyInAnyOrder("look shop/web new", "look shop/web " + old.fallbackTag() + ".sig");

        push(8, "shop/web", "old");
        look.look();
        assertThat(looked()).hasSize(3).contains("look shop/web old");
        assertThat(look.look().changed()).as("nothing is told twice").isZero();
    }

    @Test
    void lookAtUnchangedTagsIsOneListAndOneHeadEach() throws Exception {
        for (int i = 0; i < 5; i++) {
            known.put("shop/web:" + i, push(9, "shop/web", String.valueOf(i)).digest());
        }
        long before = registry.counters().requests();
        assertThat(look().look().tags()).isEqualTo(5);

        assertThat(registry.counters().requests() - before).isEqualTo(1 + 1 + 5);
    }

    @Test
    void watchLooksAgainAndAgainAndSurvivesTheRegistrysAbsence() {
        try (RegistryWatch watch =
                RegistryWatch.start(look(), Duration.ofMillis(100), Optional.empty(), Clock.systemUTC())) {
            push(10, "shop/web", "1");
            await().atMost(LIMIT).until(() -> looked().contains("look shop/web 1"));
            server.restart();
            push(11, "shop/web", "2");
            await().atMost(LIMIT).until(() -> looked().contains("look shop/web 2"));
            watch.lookSoon();
        }
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().equals("replication-controller-registry-watch"));
    }
}
