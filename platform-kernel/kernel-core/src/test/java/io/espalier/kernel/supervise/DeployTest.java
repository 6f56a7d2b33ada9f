package io.espalier.kernel.supervise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.espalier.kernel.deploy.Handover;
import io.espalier.kernel.fakes.Jars;
import io.espalier.kernel.plugin.PluginEvent;
import io.espalier.kernel.plugin.PluginId;
import io.espalier.kernel.plugin.PluginState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeployTest {
    private final Path folder;

    DeployTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void deployedJarBecomesActiveAndTellsHowLongItTook() throws Exception {
        try (var bench = new SupervisorBench(folder)) {
            var taken = SupervisorBench.get(bench.supervisor.deploy(bench.jar("a")));
            assertThat(taken).isEqualTo(new Handover.Taken(new PluginId("a")));
            bench.awaitState("a", PluginState.Active.class);
            await("the event")
                    .atMost(SupervisorBench.DEADLINE)
                    .until(() -> !bench.events.of(PluginEvent.Deployed.class).isEmpty());
            assertThat(bench.events.of(PluginEvent.Deployed.class).get(0).took())
                    .isZero();
        }
    }

    @Test
    void replacedJarIsStoppedUpdatedAndStarted() throws Exception {
        try (var bench = new SupervisorBench(folder)) {
            Path jar = bench.jar("a");
            SupervisorBench.get(bench.supervisor.deploy(jar));
            bench.awaitState("a", PluginState.Active.class);
            Jars.write(jar, "a", "2.0");
            SupervisorBench.get(bench.supervisor.deploy(jar));
            bench.awaitJournal("start a", 2);
            bench.awaitState("a", PluginState.Active.class);

            assertThat(bench.runtime.journal())
                    .containsExactly("install a 1.0", "start a", "stop a", "update a 2.0", "start a");
            assertThat(bench.view("a").version()).isEqualTo("2.0");
        }
    }

    @Test
    void replacementThatIsNoBundleIsRefusedAndTheOldOneRunsOn() throws Exception {
        try (var bench = new SupervisorBench(folder)) {
            Path jar = bench.jar("a");
            SupervisorBench.get(bench.supervisor.deploy(jar));
            bench.awaitState("a", PluginState.Active.class);
            Jars.write(jar, Jars.noBundle());

            String reason = SupervisorBench.refusal(SupervisorBench.get(bench.supervisor.deploy(jar)));
            assertThat(reason).contains("Bundle-SymbolicName", "a runs on");
            assertThat(bench.view("a").state()).isInstanceOf(PluginState.Active.class);
        }
    }

    @Test
    void anotherPluginInTheSameFileTakesTheOldOnesPlace() throws Exception {
        try (var bench = new SupervisorBench(folder)) {
            Path jar = bench.jar("a");
            SupervisorBench.get(bench.supervisor.deploy(jar));
            Jars.write(jar, "b", "1.0");
            SupervisorBench.get(bench.supervisor.deploy(jar));
            bench.awaitState("b", PluginState.Active.class);
            assertThat(bench.supervisor.list()).hasSize(1);
            assertThat(bench.watched).containsExactly("a");
        }
    }

    @Test
    void removedJarIsStoppedAndUninstalledAndItsLoaderWatched() throws Exception {
        try (var bench = new SupervisorBench(folder)) {
            Path jar = bench.jar("a");
            SupervisorBench.get(bench.supervisor.deploy(jar));
            bench.awaitState("a", PluginState.Active.class);
            SupervisorBench.get(bench.supervisor.remove(jar));

            assertThat(bench.supervisor.list()).isEmpty();
            assertThat(bench.runtime.journal()).endsWith("stop a", "uninstall a");
            assertThat(bench.watched).containsExactly("a");
            assertThat(bench.events.of(PluginEvent.Removed.class)).hasSize(1);
        }
    }

    @Test
    void removalOfPluginInQuarantineForgetsIt() throws Exception {
        try (var bench = new SupervisorBench(folder)) {
            bench.runtime.onStart("bad", () -> {
                throw new IllegalStateException();
            });
            Path jar = bench.jar("bad");
            SupervisorBench.get(bench.supervisor.deploy(jar));
            bench.awaitState("bad", PluginState.Quarantined.class);
            assertThat(folder.resolve("quarantine/bad.properties")).exists();
            SupervisorBench.get(bench.supervisor.remove(jar));
            assertThat(folder.resolve("quarantine/bad.properties")).doesNotExist();
        }
    }

    @Test
    void removalWaitsForHangingStart() throws Exception {
        var release = new CountDownLatch(1);
        try (var bench = new SupervisorBench(folder)) {
            bench.runtime.onStart("slow", () -> StartAndStopTest.awaitUninterrupted(release));
            Path jar = bench.jar("slow");
            SupervisorBench.get(bench.supervisor.deploy(jar));
            bench.awaitState("slow", PluginState.Quarantined.class);
            var removal = bench.supervisor.remove(jar);
            assertThat(bench.runtime.journal()).doesNotContain("uninstall slow");
            release.countDown();
            SupervisorBench.get(removal);
            assertThat(bench.runtime.journal()).endsWith("stop slow", "uninstall slow");
        }
    }

    @Test
    void secondJarOfTheSameNameIsRefusedNamingBothFiles() throws Exception {
        try (var bench = new SupervisorBench(folder)) {
            bench.install("a");
            Path second = Jars.write(folder.resolve("a-copy.jar"), "a", "2.0");
            String reason = SupervisorBench.refusal(SupervisorBench.get(bench.supervisor.deploy(second)));
            assertThat(reason).contains("a.jar", "a-copy.jar", "already");
            assertThat(bench.view("a").version()).isEqualTo("1.0");
        }
    }

    @Test
    void newFileOfTheSameNameWaitsForTheRemovalOfTheOldOne() throws Exception {
        var release = new CountDownLatch(1);
        try (var bench = new SupervisorBench(folder)) {
            Path old = bench.jar("a");
            SupervisorBench.get(bench.supervisor.deploy(old));
            bench.awaitState("a", PluginState.Active.class);
            bench.runtime.onStop("a", release::await);
            var removal = bench.supervisor.remove(old);
            Path fresh = Jars.write(folder.resolve("a-2.jar"), "a", "2.0");
            var deployed = bench.supervisor.deploy(fresh);
            assertThat(deployed).isNotDone();
            release.countDown();

            SupervisorBench.get(removal);
            assertThat(SupervisorBench.get(deployed)).isInstanceOf(Handover.Taken.class);
            assertThat(bench.view("a").version()).isEqualTo("2.0");
        }
    }

    @Test
    void brokenJarOfTheProfileHoldsBackNoOther() throws Exception {
        try (var bench = new SupervisorBench(folder)) {
            Path broken = Files.write(folder.resolve("broken.jar"), new byte[100]);
            Path good = bench.jar("good");
            List<Handover> results = bench.supervisor.installAll(List.of(broken, good));
            assertThat(SupervisorBench.refusal(results.get(0))).contains("broken.jar");
            bench.awaitState("good", PluginState.Active.class);
            assertThat(bench.events.of(PluginEvent.JarRefused.class)).hasSize(1);
        }
    }

    @Test
    void removingWhatWasNeverInstalledIsRefused() throws Exception {
        try (var bench = new SupervisorBench(folder, Duration.ofSeconds(1))) {
            assertThat(SupervisorBench.refusal(SupervisorBench.get(bench.supervisor.remove(folder.resolve("x.jar")))))
                    .contains("x.jar");
        }
    }
}
