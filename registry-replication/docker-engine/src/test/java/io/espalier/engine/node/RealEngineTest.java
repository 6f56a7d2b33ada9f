package io.espalier.engine.node;

import static io.espalier.engine.node.EngineRig.SOON;
import static io.espalier.engine.node.EngineRig.arrival;
import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.engine.check.Limits;
import io.espalier.engine.check.SmokeResult.Outcome;
import io.espalier.engine.check.SmokeRules;
import io.espalier.engine.desk.ArrivalMode;
import io.espalier.engine.desk.TestResult;
import io.espalier.relay.protocol.ReleaseGate;
import io.espalier.relay.protocol.ReleaseGate.Opinion;
import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.RunnableImage;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Images made of busybox, in a registry that wants a password, tested in Debian's Docker engine. */
@RequiresProgram(value = "dockerd", debianPackage = "docker.io")
@RequiresProgram(value = "busybox", debianPackage = "busybox-static")
@RequiresProgram("docker-registry")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RealEngineTest {
    private static final String FOREVER = "while true; do /bin/busybox sleep 1; done";

    @TempDir
    private static Path folder;

    private EngineRig rig;

    @BeforeAll
    void start() throws Exception {
        rig = new EngineRig(folder);
    }

    @AfterEach
    void nothingOfATestIsLeft() {
        rig.awaitClean();
    }

    @AfterAll
    void stop() {
        if (rig != null) {
            rig.close();
        }
    }

    private SampleImage pushed(RunnableImage image, String repository) {
        SampleImage sample = image.sample();
        rig.push(sample, repository);
        return sample;
    }

    private EngineNode arrivals(String name, ArrivalMode mode) throws Exception {
        return rig.node(rig.settings(name, mode, false, List.of(), ""));
    }

    @Test
    void anImageThatArrivesIsTestedAndTakenOutAgain() throws Exception {
        SampleImage image = pushed(RunnableImage.running("echo ready; " + FOREVER), "arrive/web");
        try (EngineNode node = arrivals("arrive", ArrivalMode.TEST)) {
            node.arrivals().orElseThrow().arrived(arrival(image, "arrive/web"));

            TestResult result = rig.awaitResult(node, "arrive/web:v1");
            assertThat(result.outcome()).as(result.sentence()).isEqualTo(Outcome.PASSED);
            assertThat(node.desk().output(result)).hasValue("ready\n");
            rig.awaitClean();
            assertThat(rig.engine.images()).noneMatch(name -> name.contains("arrive/web"));
        }
    }

    @Test
    void anImageThatIsToStayIsThereUnderItsName() throws Exception {
        SampleImage image = pushed(RunnableImage.running("exit 0"), "keep/job");
        try (EngineNode node = arrivals("keep", ArrivalMode.LOAD_AND_TEST)) {
            node.arrivals().orElseThrow().arrived(arrival(image, "keep/job"));

            assertThat(rig.awaitResult(node, "keep/job:v1").outcome()).isEqualTo(Outcome.PASSED);
            Awaitility.await("the image's name")
                    .atMost(SOON)
                    .until(() -> rig.engine.images().contains(rig.registry.host() + "/keep/job:v1"));
            assertThat(node.console().test(List.of("keep/job:v1"))).contains("keep/job:v1 passed");
            assertThat(rig.engine.images()).contains(rig.registry.host() + "/keep/job:v1");
        }
    }

    @Test
    void anExitCodeIsReportedWithWhatWasPrinted() throws Exception {
        SampleImage image = pushed(RunnableImage.running("echo out; echo 'no database' >&2; exit 1"), "crash/web");
        try (EngineNode node = arrivals("crash", ArrivalMode.TEST)) {
            node.arrivals().orElseThrow().arrived(arrival(image, "crash/web"));

            TestResult result = rig.awaitResult(node, "crash/web:v1");
            assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
            assertThat(result.exitCode()).hasValue(1);
            assertThat(result.sentence()).contains("ended with code 1").contains("It said last: ");
            // The engine keeps each stream's order, not that between them.
            assertThat(node.console().logs(List.of(result.id())).lines()).contains("out", "no database");
            assertThat(node.console().status())
                    .contains("Docker engine ")
                    .contains(result.id())
                    .contains("failed");
        }
    }

    @Test
    void theHealthcheckDecides() throws Exception {
        SampleImage healthy = pushed(
                RunnableImage.running("echo > /tmp/ok; " + FOREVER).healthyWhen("test -f /tmp/ok"), "health/good");
        SampleImage unhealthy = pushed(RunnableImage.running(FOREVER).healthyWhen("exit 1"), "health/bad");
        try (EngineNode node = rig.node(rig.settings("health"))) {
            SmokeRules rules = rig.settings("health").rulesFor("health", io.espalier.engine.desk.Purpose.GATE);
            TestResult good = EngineRig.test(node, healthy, "health/good", rules);
            TestResult bad = EngineRig.test(node, unhealthy, "health/bad", rules);

            assertThat(good.sentence()).contains("HEALTHCHECK says healthy");
            assertThat(good.outcome()).isEqualTo(Outcome.PASSED);
            assertThat(bad.sentence()).contains("HEALTHCHECK says unhealthy");
            assertThat(bad.outcome()).isEqualTo(Outcome.FAILED);
        }
    }

    @Test
    void aCommandThatNeverEndsMeetsItsTimeLimitAndItsContainerIsGone() throws Exception {
        SampleImage image = pushed(RunnableImage.running("exit 7"), "endless/job");
        try (EngineNode node = rig.node(rig.settings("endless"))) {
            SmokeRules rules = new SmokeRules(
                    List.of("/bin/busybox", "sleep", "1000"),
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(1),
                    false,
                    Limits.DEFAULT);

            TestResult result = EngineRig.test(node, image, "endless/job", rules);

            assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
            assertThat(result.sentence()).contains("time limit of 2.0 s and was killed");
            assertThat(rig.engine.containers()).isEmpty();
        }
    }

    @Test
    void anImageForAnotherArchitectureIsASentence() throws Exception {
        SampleImage foreign = pushed(RunnableImage.running("exit 0").claiming("s390x"), "foreign/one");
        SampleImage index = SampleImages.index(
                RunnableImage.running("exit 0").claiming("s390x").sample(),
                RunnableImage.running("exit 0").claiming("riscv64").sample());
        SampleImage both =
                SampleImages.index(foreign, RunnableImage.running("echo mine").sample());
        rig.push(index, "foreign/index");
        rig.push(both, "foreign/both");
        try (EngineNode node = rig.node(rig.settings("foreign"))) {
            assertThat(node.console().test(List.of("foreign/one:v1")))
                    .contains("failed")
                    .contains("It is for linux/s390x, and the Docker engine here runs linux/amd64.");
            assertThat(node.console().test(List.of("foreign/index:v1"))).contains("linux/riscv64, linux/s390x");
            assertThat(node.console().test(List.of("foreign/both:v1"))).contains("passed");
            assertThat(node.console().logs(List.of("foreign/both:v1"))).endsWith("mine");
        }
    }

    @Test
    void whatIsNoImageHasNothingToFail() throws Exception {
        rig.push(SampleImages.artifact("application/vnd.acme.chart", 1, 1_000), "artifact/chart");
        try (EngineNode node = rig.node(rig.settings("artifact"))) {
            assertThat(node.console().test(List.of("artifact/chart:v1")))
                    .contains("passed")
                    .contains("application/vnd.acme.chart");
        }
    }

    @Test
    void aContainerHasNoNetworkAndNoMoreThanItsLimits() throws Exception {
        SampleImage memory =
                pushed(RunnableImage.running("x=0123456789abcdef; while true; do x=$x$x; done"), "limits/memory");
        SampleImage network = pushed(
                RunnableImage.running(
                        "/bin/busybox ip link | /bin/busybox grep -v 'lo:' | /bin/busybox grep -q ': eth' && exit 3; exit 0"),
                "limits/network");
        SampleImage writing = pushed(RunnableImage.running("echo > /tmp/x"), "limits/write");
        try (EngineNode node = rig.node(rig.settings("limits"))) {
            assertThat(node.console().test(List.of("limits/memory:v1")))
                    .contains("failed")
                    .contains("more than the 64 MiB");
            assertThat(node.console().test(List.of("limits/network:v1"))).contains("passed");
            assertThat(node.console().test(List.of("limits/write:v1"))).contains("passed");
            Limits readOnly = new Limits(64L << 20, 1, 64, "none", true);
            SmokeRules rules =
                    new SmokeRules(List.of(), Duration.ofSeconds(10), Duration.ofSeconds(1), false, readOnly);
            assertThat(EngineRig.test(node, writing, "limits/write", rules).sentence())
                    .contains("Read-only file system");
        }
        assertThat(memory.digest()).isNotEqualTo(network.digest());
    }

    @Test
    void anEngineThatCannotPullIsGivenTheImageAsATar() throws Exception {
        pushed(RunnableImage.running("echo from a tar"), "tar/web");
        try (EngineNode node =
                rig.node(rig.settings("tar", ArrivalMode.OFF, false, List.of(), "registry.invalid:5000"))) {
            assertThat(node.console().test(List.of("tar/web:v1"))).contains("passed");
            assertThat(node.console().logs(List.of("tar/web:v1"))).endsWith("from a tar");
        }
    }

    @Test
    void aProgramThatIsNotInTheImageFails() throws Exception {
        pushed(new RunnableImage(List.of("/nope"), List.of(), "amd64"), "nope/web");
        try (EngineNode node = rig.node(rig.settings("nope"))) {
            assertThat(node.console().test(List.of("nope/web:v1")))
                    .contains("failed")
                    .contains("/nope");
        }
    }

    @Test
    void aTestGoesOnWhenTheEngineWasKilledInTheMiddle() throws Exception {
        SampleImage image = pushed(RunnableImage.running("echo again; " + FOREVER), "killed/web");
        try (EngineNode node = arrivals("killed", ArrivalMode.TEST)) {
            node.arrivals().orElseThrow().arrived(arrival(image, "killed/web"));
            Awaitility.await("the container")
                    .atMost(SOON)
                    .until(() -> !rig.engine.containers().isEmpty());

            rig.engine.kill();
            Awaitility.await("the test to notice").atMost(SOON).until(() -> node.desk().waiting().stream()
                    .anyMatch(line -> line.contains("engine")));
            assertThat(node.desk().find("killed/web:v1")).isEmpty();
            rig.engine.start();

            TestResult result = rig.awaitResult(node, "killed/web:v1");
            assertThat(result.outcome()).as(result.sentence()).isEqualTo(Outcome.PASSED);
        }
    }

    @Test
    void aTestGoesOnWhenTheEngineStoodStillInTheMiddle() throws Exception {
        SampleImage image = pushed(RunnableImage.running("echo again; " + FOREVER), "frozen/web");
        try (EngineNode node = arrivals("frozen", ArrivalMode.TEST)) {
            node.arrivals().orElseThrow().arrived(arrival(image, "frozen/web"));
            Awaitility.await("the container to run")
                    .atMost(SOON)
                    .until(() -> !rig.engine.docker("ps", "--quiet").isEmpty());

            rig.engine.freeze();
            try {
                Awaitility.await("the test to notice").atMost(SOON).until(() -> node.desk().waiting().stream()
                        .anyMatch(line -> line.contains("did not answer within")));
            } finally {
                rig.engine.thaw();
            }

            TestResult result = rig.awaitResult(node, "frozen/web:v1");
            assertThat(result.outcome()).as(result.sentence()).isEqualTo(Outcome.PASSED);
        }
    }

    @Test
    void whatAKilledRunLeftIsRemovedAtTheStart() throws Exception {
        SampleImage image = pushed(RunnableImage.running(FOREVER), "left/web");
        String owner;
        try (EngineNode first = rig.node(rig.settings("left"))) {
            owner = Files.readString(rig.data("left").resolve("owner"));
            assertThat(first.isInUse()).isFalse();
        }
        Path tar = io.espalier.testkit.registry.ImageFiles.dockerSave(
                image, "espalier-test/" + owner + ":0123", folder.resolve("left.tar"));
        rig.engine.docker("load", "--input", tar.toString());
        rig.engine.docker(
                "run",
                "--detach",
                "--network",
                "none",
                "--label",
                "espalier.owner=" + owner,
                "--label",
                "espalier.test=deadbeef",
                "espalier-test/" + owner + ":0123");
        assertThat(rig.engine.containers()).hasSize(1);

        try (EngineNode second = arrivals("left", ArrivalMode.TEST)) {
            rig.awaitClean();
            assertThat(second.isInUse()).isTrue();
        }
    }

    @Test
    void aNodeThatStopsTakesItsContainerAlong() throws Exception {
        SampleImage image = pushed(RunnableImage.running(FOREVER).healthyWhen("exit 1"), "stopped/web");
        try (EngineNode node = arrivals("stopped", ArrivalMode.TEST)) {
            node.arrivals().orElseThrow().arrived(arrival(image, "stopped/web"));
            Awaitility.await("the container")
                    .atMost(SOON)
                    .until(() -> !rig.engine.containers().isEmpty());
        }
        assertThat(rig.engine.containers()).isEmpty();
        assertThat(rig.engine.images()).noneMatch(name -> name.startsWith("espalier-test/"));
    }

    @Test
    void theGateJudgesOnceAndKeepsItsVerdictOverARestart() throws Exception {
        SampleImage good = pushed(RunnableImage.running(FOREVER), "gate/good");
        SampleImage bad = pushed(RunnableImage.running("echo no config; exit 4"), "gate/bad");
        try (EngineNode node = rig.node(rig.settings("gate", ArrivalMode.OFF, true, List.of(), ""))) {
            ReleaseGate gate = node.gate().orElseThrow();
            assertThat(gate.ask("gate/bad", "v1", bad.digest())).isInstanceOf(Opinion.Judges.class);
            assertThat(gate.ask("gate/good", "v1", good.digest())).isInstanceOf(Opinion.Judges.class);
            Awaitility.await("both verdicts")
                    .atMost(SOON)
                    .until(() -> node.desk().results(10).size() == 2);
            held(gate.ask("gate/bad", "v1", bad.digest()));
            assertThat(gate.ask("gate/good", "v1", good.digest())).isInstanceOf(Opinion.Passes.class);
        }
        try (EngineNode again = rig.node(rig.settings("gate", ArrivalMode.OFF, true, List.of(), ""))) {
            ReleaseGate gate = again.gate().orElseThrow();
            held(gate.ask("gate/bad", "v1", bad.digest()));
            assertThat(gate.ask("gate/good", "v1", good.digest())).isInstanceOf(Opinion.Passes.class);
            assertThat(again.desk().waiting()).isEmpty();
        }
    }

    private static void held(Opinion opinion) throws Exception {
        assertThat(opinion).isInstanceOf(Opinion.Holds.class);
        String sentence = ((Opinion.Holds) opinion).sentence();
        assertThat(sentence).contains("ended with code 4").contains("engine:logs");
        String file = sentence.replaceAll(".*What it printed is in (.*\\.log).*", "$1");
        assertThat(Files.readString(Path.of(file))).isEqualTo("no config\n");
    }

    @Test
    void theCommandOfARepositoryJudgesItsImages() throws Exception {
        SampleImage image = pushed(RunnableImage.running("exit 9"), "command/job");
        List<String> commands = List.of("other/*=/nope", "command/*=/bin/busybox true");
        try (EngineNode node = rig.node(rig.settings("command", ArrivalMode.OFF, true, commands, ""))) {
            ReleaseGate gate = node.gate().orElseThrow();
            Awaitility.await("the verdict")
                    .atMost(SOON)
                    .until(() -> gate.ask("command/job", "v1", image.digest()) instanceof Opinion.Passes);
        }
    }
}
