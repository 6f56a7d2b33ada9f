package io.espalier.kernel.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.kernel.budget.Budgets;
import io.espalier.kernel.deploy.DropFolder;
import io.espalier.kernel.fakes.FakeRuntime;
import io.espalier.kernel.fakes.Jars;
import io.espalier.kernel.fakes.RecordedEvents;
import io.espalier.kernel.plugin.PluginEvent;
import io.espalier.kernel.plugin.PluginState;
import io.espalier.kernel.plugin.PluginView;
import io.espalier.kernel.quarantine.QuarantineStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Drop folder and supervisor together, on the real clock. */
class DropToActiveTest {
    private final Path folder;
    private final FakeRuntime runtime = new FakeRuntime();
    private final RecordedEvents events = new RecordedEvents();
    private final SystemTime time = new SystemTime();
    private final PluginSupervisor supervisor;
    private final DropFolder drop;

    DropToActiveTest(@TempDir Path parent) {
        folder = parent.resolve("deploy");
        supervisor = new PluginSupervisor(
                runtime,
                Budgets.standard(),
                new QuarantineStore(parent.resolve("data/quarantine")),
                time,
                events,
                (plugin, loader) -> {});
        drop = new DropFolder(folder, DropFolder.Timing.standard(), supervisor, events);
    }

    @BeforeEach
    void start() {
        drop.start();
        await("the folder").until(() -> Files.isDirectory(folder));
    }

    @AfterEach
    void stop() throws Exception {
        drop.close();
        supervisor.close(Duration.ofSeconds(10));
        time.close();
    }

    @Test
    void jarBecomesActiveIsReplacedWhileRunningAndDeletedWhileRunning() throws IOException {
        Path jar = Jars.rename(folder.resolve("a.jar"), Jars.bundle("a", "1.0", 1));
        awaitActive("a", "1.0");
        Jars.rename(jar, Jars.bundle("a", "2.0", 1));
        awaitActive("a", "2.0");
        Files.delete(jar);
        await("a goes").until(() -> supervisor.list().isEmpty());
        assertThat(runtime.journal())
                .containsExactly(
                        "install a 1.0", "start a", "stop a", "update a 2.0", "start a", "stop a", "uninstall a");
    }

    @Test
    void upgradeByDeletingTheOldFileAndAddingANewOneEndsWithTheNew() throws IOException {
        Path old = Jars.rename(folder.resolve("a-1.jar"), Jars.bundle("a", "1.0", 1));
        awaitActive("a", "1.0");
        Jars.rename(folder.resolve("a-2.jar"), Jars.bundle("a", "2.0", 1));
        await("the second is refused").until(() -> Files.exists(folder.resolve("a-2.jar.refused")));
        Files.delete(old);
        awaitActive("a", "2.0");
        await("its note goes").until(() -> Files.notExists(folder.resolve("a-2.jar.refused")));
    }

    @Test
    void slowActivatorHoldsBackNoOtherDrop() {
        var release = new CountDownLatch(1);
        runtime.onStart("hours", release::await);
        Jars.rename(folder.resolve("hours.jar"), Jars.bundle("hours", "1.0", 1));
        await("its start").until(() -> runtime.count("start hours") == 1);
        Jars.rename(folder.resolve("quick.jar"), Jars.bundle("quick", "1.0", 1));
        awaitActive("quick", "1.0");
        assertThat(view("hours").state()).isInstanceOf(PluginState.Starting.class);
        release.countDown();
        awaitActive("hours", "1.0");
    }

    @Test
    void timeFromDetectionToActiveIsTold() {
        for (int i = 0; i < 20; i++) {
            Jars.rename(folder.resolve("p" + i + ".jar"), Jars.bundle("p" + i, "1.0", i));
            awaitActive("p" + i, "1.0");
        }
        await("the events").until(() -> events.of(PluginEvent.Deployed.class).size() == 20);
        List<Duration> took = events.of(PluginEvent.Deployed.class).stream()
                .map(PluginEvent.Deployed::took)
                .sorted()
                .toList();
        // The kernel's own share; far below the bound unless something waits that should not.
        assertThat(took.get(10)).as("median of %s", took).isBetween(Duration.ZERO, Duration.ofMillis(250));
    }

    private PluginView view(String name) {
        return supervisor.list().stream()
                .filter(view -> view.id().name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no plug-in " + name));
    }

    private void awaitActive(String name, String version) {
        await(name + " " + version + " becomes active").until(() -> supervisor.list().stream()
                .anyMatch(view -> view.id().name().equals(name)
                        && view.version().equals(version)
                        && view.state() instanceof PluginState.Active));
    }

    private static ConditionFactory await(String what) {
        return Awaitility.await(what).atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(2));
    }
}
