package io.espalier.harbor.session;

import static io.espalier.harbor.given.Given.PATIENCE;
import static io.espalier.harbor.given.Given.failure;
import static io.espalier.harbor.given.Given.node;
import static io.espalier.harbor.given.Given.pusher;
import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.harbor.error.HarborTrouble;
import io.espalier.harbor.node.HarborNode;
import io.espalier.testkit.harbor.HarborDouble;
import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.FrontProxy;
import io.espalier.testkit.registry.ProxyRules;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@RequiresProgram("docker-registry")
@Timeout(60)
class HarborSessionTest {
    private static final Set<String> READING =
            Set.of("registry:list", "replication-policy:list", "replication:list", "repository:push");

    @TempDir
    private Path folder;

    private HarborDouble harbor;

    @BeforeEach
    void start() {
        harbor = HarborDouble.in(folder).start();
    }

    @AfterEach
    void stop() {
        harbor.close();
    }

    @Test
    void tellsVersionAndWhoMayMakeProjects() throws Exception {
        try (HarborSession session = HarborSession.open(node("a", harbor), PATIENCE)) {
            HarborFacts facts = session.ready();

            assertThat(facts.version()).hasToString("2.14");
            assertThat(facts.adminsCreateProjects()).isFalse();
            assertThat(facts.roundTripMillis()).isPositive();
        }
    }

    @Test
    void noticesWrongCredentialsThoughManyCallsAreAnsweredAsToAStranger() throws Exception {
        HarborNode wrong = HarborNode.of("a", harbor.uri(), "admin", "guess");
        try (HarborSession session = HarborSession.open(wrong, PATIENCE)) {
            assertThat(session.content().project("library"))
                    .as("what a stranger may see")
                    .isPresent();

            String sentence = failure(HarborTrouble.CREDENTIALS, session::facts);

            assertThat(sentence).contains("answers as to a stranger").doesNotContain("guess");
        }
    }

    @Test
    void waitsOutTheLockThatSomebodyElsesFailedLoginLeft() throws Exception {
        try (HarborSession wrong = HarborSession.open(HarborNode.of("a", harbor.uri(), "admin", "guess"), PATIENCE);
                HarborSession right = HarborSession.open(node("a", harbor), PATIENCE)) {
            boolean ignored = wrong.content().project("library").isPresent();

            assertThat(right.facts().version()).hasToString("2.14");
        }
    }

    @Test
    void keepsNoCookies() throws Exception {
        try (HarborSession session = HarborSession.open(node("a", harbor), PATIENCE)) {
            session.facts();
            session.content().createProject("espalier-test-cookies", false);
            session.content().deleteProject("espalier-test-cookies");
        }

        assertThat(harbor.cookies()).isEmpty();
    }

    @Test
    void namesThePermissionThatARobotLacks() throws Exception {
        harbor.addRobot("robot$r", "Secret123", Set.of("registry:list"));
        try (HarborSession session =
                HarborSession.open(HarborNode.of("a", harbor.uri(), "robot$r", "Secret123"), PATIENCE)) {
            assertThat(failure(HarborTrouble.FORBIDDEN, session::ready))
                    .contains("replication-policy:list", "robot$r", "docs/harbor.md");
        }
    }

    @Test
    void saysThatOlderHarborsDoNotLetRobotsReplicate() throws Exception {
        try (HarborDouble old =
                HarborDouble.in(folder.resolve("old")).version(9).start()) {
            old.addRobot("robot$r", "Secret123", Set.of());
            try (HarborSession session =
                    HarborSession.open(HarborNode.of("a", old.uri(), "robot$r", "Secret123"), PATIENCE)) {
                assertThat(failure(HarborTrouble.FORBIDDEN, session::ready)).contains("2.10", "administrator");
            }
        }
    }

    @Test
    void refusesAHarborThatIsTooOld() throws Exception {
        try (HarborDouble old =
                        HarborDouble.in(folder.resolve("old")).version(4).start();
                HarborSession session = HarborSession.open(node("a", old), PATIENCE)) {
            assertThat(failure(HarborTrouble.VERSION, session::facts)).contains("2.5", "relay");
        }
    }

    @Test
    void refusesAHarborThatIsReadOnly() throws Exception {
        harbor.readOnly(true);
        try (HarborSession session = HarborSession.open(node("a", harbor), PATIENCE)) {
            assertThat(failure(HarborTrouble.READ_ONLY, session::ready)).contains("read-only");
        }
    }

    @Test
    void saysThatAPlainRegistryIsNoHarbor() throws Exception {
        HarborNode plain = HarborNode.of("a", harbor.registry().uri(), "u", "p");
        try (HarborSession session = HarborSession.open(plain, PATIENCE)) {
            assertThat(failure(HarborTrouble.NOT_FOUND, session::facts)).contains("404");
        }
    }

    @Test
    void saysThatAPortalsPageIsNoAnswer() throws Exception {
        try (FrontProxy portal = FrontProxy.to(harbor.uri())
                        .rule(ProxyRules.reply(
                                request -> true,
                                new FrontProxy.Reply(200, Map.of("Content-Type", "text/html"), "<html>")));
                HarborSession session = HarborSession.open(HarborNode.of("a", portal.uri(), "u", "p"), PATIENCE)) {
            assertThat(failure(HarborTrouble.ANSWER, session::facts)).contains("portal");
        }
    }

    @Test
    void saysThatNobodyListens() throws Exception {
        try (HarborSession session =
                HarborSession.open(HarborNode.of("a", URI.create("http://127.0.0.1:1"), "u", "p"), PATIENCE)) {
            assertThat(failure(HarborTrouble.UNREACHABLE, session::facts)).contains("nobody listens");
        }
    }

    @Test
    void waitsAsLongAsRetryAfterSays() throws Exception {
        try (FrontProxy front =
                        FrontProxy.to(harbor.uri()).rule(ProxyRules.tooManyRequestsEvery(2, Duration.ofSeconds(1)));
                HarborSession session = HarborSession.open(
                        HarborNode.of("a", front.uri(), harbor.user(), harbor.password()), PATIENCE)) {
            session.content().createProject("espalier-test-busy", false);
            session.facts();

            assertThat(harbor.projects()).contains("espalier-test-busy");
            long pause =
                    front.requests().get(2).nanos() - front.requests().get(1).nanos();
            assertThat(TimeUnit.NANOSECONDS.toMillis(pause)).isGreaterThanOrEqualTo(950);
        }
    }

    @Test
    void doesNotRepeatAChangeOfWhichItIsUnknownWhetherItWasMade() throws Exception {
        try (FrontProxy front = FrontProxy.to(harbor.uri())
                        .rule(ProxyRules.fail(request -> request.method().equals("POST"), 502, 1));
                HarborSession session = HarborSession.open(
                        HarborNode.of("a", front.uri(), harbor.user(), harbor.password()), PATIENCE)) {
            failure(HarborTrouble.ANSWER, () -> session.content().createProject("espalier-test-x", false));

            assertThat(front.requests()).hasSize(1);
        }
    }

    @Test
    void findsARepositoryWithSlashesInItsName() throws Exception {
        SampleImage image = SampleImages.oci(1, 1_000);
        pusher(harbor).push(image, "library/team/deep/app", "1");
        try (HarborSession session = HarborSession.open(node("a", harbor), PATIENCE)) {
            assertThat(session.content().artifact("library/team/deep/app", "1"))
                    .hasValueSatisfying(found -> assertThat(found.getDigest()).isEqualTo(image.digest()));
        }
        assertThat(harbor.calls()).anyMatch(call -> call.contains("team%252Fdeep%252Fapp"));
    }

    @Test
    void takesANumericProjectNameForAName() throws Exception {
        harbor.addProject("espalier-test-other", false);
        harbor.addProject("1", false);
        try (HarborSession session = HarborSession.open(node("a", harbor), PATIENCE)) {
            assertThat(session.content().project("1"))
                    .hasValueSatisfying(found -> assertThat(found.getName()).isEqualTo("1"));
        }
    }

    @Test
    void goesOnWithoutFiguresThatARobotMayNotSee() throws Exception {
        harbor.addRobot("robot$r", "Secret123", READING);
        try (HarborSession session =
                HarborSession.open(HarborNode.of("a", harbor.uri(), "robot$r", "Secret123"), PATIENCE)) {
            session.ready();

            assertThat(session.content().freeDisk()).isEmpty();
        }
    }

    @Test
    void readsVersionsAsHarborWritesThem() {
        assertThat(HarborVersion.read("v2.14.1-0123abcd")).contains(new HarborVersion(2, 14));
        assertThat(HarborVersion.read("2.5.0")).contains(new HarborVersion(2, 5));
        assertThat(HarborVersion.read("dev")).isEmpty();
        assertThat(new HarborVersion(2, 9)).isLessThan(new HarborVersion(2, 10));
    }
}
