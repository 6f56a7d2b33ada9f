package io.espalier.engine.desk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.espalier.engine.check.EngineAccess;
import io.espalier.engine.check.FakeEngine;
import io.espalier.engine.check.ImageEngine;
import io.espalier.engine.check.Limits;
import io.espalier.engine.check.SmokeResult.Outcome;
import io.espalier.registry.client.RegistryClient;
import io.espalier.registry.endpoint.RegistryEndpoint;
import io.espalier.registry.endpoint.RetryPolicy;
import io.espalier.relay.protocol.Arrival;
import io.espalier.relay.protocol.ReleaseGate.Opinion.Judges;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Images that were deleted before their test. */
@Timeout(60)
class GoneImageTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String DIGEST = "sha256:" + "ab".repeat(32);

    @TempDir
    private Path folder;

    private final AtomicInteger answers = new AtomicInteger(404);
    private final HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    private final RegistryClient registry;

    GoneImageTest() throws Exception {
        byte[] body = "{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\",\"message\":\"unknown\"}]}".getBytes(UTF_8);
        server.createContext("/v2/", exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(answers.get(), body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        registry = RegistryClient.of(RegistryEndpoint.allowingPlainHttp(
                        URI.create("http://127.0.0.1:" + server.getAddress().getPort()))
                .retrying(new RetryPolicy(2, Duration.ofMillis(50), Duration.ofMillis(100), Duration.ofSeconds(5))));
    }

    @AfterEach
    void close() {
        registry.close();
        server.stop(0);
    }

    private TestDesk open(DeskSettings settings) throws Exception {
        EngineAccess access = new EngineAccess() {
            @Override
            public ImageEngine open() {
                return new FakeEngine();
            }

            @Override
            public String address() {
                return "nowhere";
            }
        };
        return TestDesk.open(settings, access, () -> Optional.of(registry), Clock.systemUTC());
    }

    private DeskSettings settings() {
        return new DeskSettings(
                folder,
                ArrivalMode.TEST,
                true,
                RepositoryGlobs.of(List.of()),
                TestCommands.parse(List.of()),
                Duration.ofSeconds(10),
                Duration.ofSeconds(1),
                new Limits(64L << 20, 1, 64, "none", false),
                4,
                10,
                "");
    }

    @Test
    void theyLeaveTheirPlacesToOthers() throws Exception {
        DeskSettings settings = settings();
        try (TestDesk desk = open(settings)) {
            ArrivalTests arrivals = new ArrivalTests(settings, desk);
            for (int i = 0; i < 50; i++) {
                arrivals.arrived(new Arrival("t" + i, "branch/app-" + i, "v1", DIGEST, 1, 1));
            }

            await("nothing to wait for a test").atMost(LIMIT).until(() -> desk.waiting()
                    .isEmpty());

            assertThat(desk.results(10)).as("nothing is known of them").isEmpty();
        }
    }

    @Test
    void aRegistryThatIsAwayIsNoReasonToForgetATest() throws Exception {
        answers.set(500);
        DeskSettings settings = settings();
        try (TestDesk desk = open(settings)) {
            new ArrivalTests(settings, desk).arrived(new Arrival("t", "shop/web", "v1", DIGEST, 1, 1));
            await("the reason").atMost(LIMIT).until(() -> desk.waiting().stream()
                    .noneMatch(
                            each -> each.endsWith("It waits for its test.") || each.endsWith("It is being tested.")));
            assertThat(desk.waiting()).as("it is tested again").hasSize(1);

            answers.set(404);

            await("the test to be forgotten").atMost(LIMIT).until(() -> desk.waiting()
                    .isEmpty());
        }
    }

    @Test
    void aTestByHandSaysSoAndTheGateTakesThatForNoVerdict() throws Exception {
        DeskSettings settings = settings();
        try (TestDesk desk = open(settings)) {
            TestOrder order = new TestOrder(
                    Purpose.GATE, "shop/web", "v1", DIGEST, settings.rulesFor("shop/web", Purpose.GATE), true, false);
            TestResult result = desk.now(order);

            assertThat(result.outcome()).isEqualTo(Outcome.GONE);
            assertThat(result.sentence()).contains("is not in repository shop/web");
            assertThat(new EngineGate(settings, desk).ask("shop/web", "v1", DIGEST))
                    .isInstanceOf(Judges.class);
        }
    }
}
