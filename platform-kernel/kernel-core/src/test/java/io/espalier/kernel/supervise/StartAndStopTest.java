package io.espalier.kernel.supervise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.espalier.kernel.budget.Budgets;
import io.espalier.kernel.fakes.FakeRuntime;
import io.espalier.kernel.fakes.FakeTime;
import io.espalier.kernel.fakes.Jars;
import io.espalier.kernel.plugin.PluginException;
import io.espalier.kernel.plugin.PluginId;
import io.espalier.kernel.plugin.PluginState;
import io.espalier.kernel.quarantine.QuarantineStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartAndStopTest {
    private final Path folder;

    StartAndStopTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void installsAllBeforeItStartsTheFirst() throws Exception {
        try (var bench = new SupervisorBench(folder)) {
            bench.install("a", "b");
            bench.awaitState("a", PluginState.Active.class);
            bench.awaitState("b", PluginState.Active.class);

            assertThat(bench.runtime.journal().subList(0, 2)).containsExactly("install a 1.0", "install b 1.0");
            assertThat(bench.events.statesOf("a")).containsExactly("STARTING", "ACTIVE");
            assertThat(bench.explain("a")).startsWith("a 1.0 is active").endsWith("nothing is missing.");
        }
    }

    @Test
    void slowStartDelaysNoOther() throws Exception {
        var release = new CountDownLatch(1);
        try (var bench = new SupervisorBench(folder)) {
            bench.runtime.onStart("hours", release::await);
            bench.install("hours", "quick");

            bench.awaitState("quick", PluginState.Active.class);
            assertThat(bench.view("hours").state()).isInstanceOf(PluginState.Starting.class);
            release.countDown();
            bench.awaitState("hours", PluginState.Active.class);
        }
    }

    @Test
    void startsEachPluginOnItsOwnNamedThread() throws Exception {
        var names = new ConcurrentLinkedQueue<String>();
        try (var bench = new SupervisorBench(folder)) {
            bench.runtime.onStart("a", () -> names.add(Thread.currentThread().getName()));
            bench.install("a");
            bench.awaitState("a", PluginState.Active.class);
            assertThat(names).containsExactly("plugin-start a");
        }
    }

    @Test
    void quarantinesPluginThatExceedsItsStartBudgetAndShowsWhereItStands() throws Exception {
        var release = new CountDownLatch(1);
        try (var bench = new SupervisorBench(folder)) {
            bench.runtime.onStart("slow", () -> awaitUninterrupted(release));
            bench.install("slow");

            var state = bench.awaitState("slow", PluginState.Quarantined.class);
            assertThat(state.cause()).isEqualTo(PluginState.Cause.OVER_BUDGET);
            assertThat(bench.explain("slow")).contains("budget of 100 ms", "awaitUninterrupted", "plugin:restart slow");
            release.countDown();
        }
    }

    @Test
    void interruptsStartThatExceedsItsBudget() throws Exception {
        var interrupted = new CountDownLatch(1);
        try (var bench = new SupervisorBench(folder)) {
            bench.runtime.onStart("slow", () -> {
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    interrupted.countDown();
                }
            });
            bench.install("slow");
            assertThat(interrupted.await(20, TimeUnit.SECONDS))
                    .as("the start was interrupted")
                    .isTrue();
        }
    }

    @Test
    void stopsPluginWhoseLateStartEndsAfterAll() throws Exception {
        var release = new CountDownLatch(1);
        try (var bench = new SupervisorBench(folder)) {
            bench.runtime.onStart("slow", () -> awaitUninterrupted(release));
            bench.install("slow");
            bench.awaitState("slow", PluginState.Quarantined.class);
            assertThat(bench.runtime.journal()).doesNotContain("stop slow");

            release.countDown();
            bench.awaitJournal("stop slow", 1);
            assertThat(bench.view("slow").state()).isInstanceOf(PluginState.Quarantined.class);
        }
    }

    @Test
    void doesNotStartAgainWhileTheEarlierStartHangs() throws Exception {
        var release = new CountDownLatch(1);
        try (var bench = new SupervisorBench(folder)) {
            bench.runtime.onStart("slow", () -> awaitUninterrupted(release));
            bench.install("slow");
            var first = bench.awaitState("slow", PluginState.Quarantined.class);
            bench.time.advance(Duration.ofSeconds(2));
            await("the retry is put off")
                    .atMost(SupervisorBench.DEADLINE)
                    .until(() -> bench.view("slow").state() instanceof PluginState.Quarantined now
                            && now.nextRetry().isAfter(first.nextRetry()));
            assertThat(bench.runtime.count("start slow")).isEqualTo(1);
            release.countDown();
        }
    }

    @Test
    void stuckStopShowsItsStackAndHoldsUpNoOther() throws Exception {
        var release = new CountDownLatch(1);
        var bench = new SupervisorBench(folder, Duration.ofMillis(300));
        bench.runtime.onStop("stuck", () -> awaitUninterrupted(release));
        bench.install("first", "stuck", "last");
        for (String name : List.of("first", "stuck", "last")) {
            bench.awaitState(name, PluginState.Active.class);
        }

        assertThatThrownBy(() -> bench.supervisor.close(Duration.ofSeconds(20)))
                .isInstanceOf(PluginException.class)
                .hasMessageContaining("stop of stuck")
                .hasMessageContaining("awaitUninterrupted");
        assertThat(bench.runtime.journal()).contains("stop first", "stop stuck", "stop last");
        assertThat(bench.view("stuck").state()).isInstanceOf(PluginState.StuckStopping.class);
        assertThat(bench.explain("stuck")).contains("hangs in its stop", "awaitUninterrupted");
        assertThat(bench.view("first").state()).isInstanceOf(PluginState.Stopped.class);
        release.countDown();
    }

    @Test
    void closeStopsInReverseOrderOfStartAndKeepsEveryFailure() throws Exception {
        var bench = new SupervisorBench(folder);
        for (String name : List.of("a", "b", "c")) {
            bench.runtime.onStop(name, () -> {
                throw new IllegalStateException("no " + name);
            });
            bench.install(name);
            bench.awaitState(name, PluginState.Active.class);
        }

        assertThatThrownBy(() -> bench.supervisor.close(Duration.ofSeconds(20)))
                .hasMessageContaining("no c")
                .satisfies(e -> assertThat(e.getSuppressed())
                        .extracting(Throwable::getMessage)
                        .satisfiesExactly(b -> assertThat(b).contains("no b"), a -> assertThat(a)
                                .contains("no a")));
        assertThat(bench.runtime.journal()).endsWith("stop c", "stop b", "stop a");
    }

    @Test
    void closeInTheMiddleOfAStartQuarantinesNothing() throws Exception {
        var begun = new CountDownLatch(1);
        var bench = new SupervisorBench(folder);
        bench.runtime.onStart("busy", () -> {
            begun.countDown();
            new CountDownLatch(1).await();
        });
        bench.install("busy");
        assertThat(begun.await(20, TimeUnit.SECONDS)).as("the start has begun").isTrue();

        assertThatThrownBy(() -> bench.supervisor.close(Duration.ofMillis(100)))
                .hasMessageContaining("busy was still STARTING");
        await("no thread is left")
                .atMost(SupervisorBench.DEADLINE)
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .map(Thread::getName)
                        .noneMatch(name -> name.endsWith(" busy")));
        assertThat(folder.resolve("quarantine/busy.properties")).doesNotExist();
    }

    @Test
    void restartWaitsForTheStuckStopAndThenFollows() throws Exception {
        var release = new CountDownLatch(1);
        try (var bench = new SupervisorBench(folder, new FakeRuntime(), new FakeTime(), Duration.ofMillis(300))) {
            bench.runtime.onStop("stuck", () -> awaitUninterrupted(release));
            bench.install("stuck");
            bench.awaitState("stuck", PluginState.Active.class);

            bench.supervisor.restart(new PluginId("stuck"));
            bench.awaitState("stuck", PluginState.StuckStopping.class);
            assertThat(bench.runtime.count("start stuck")).isEqualTo(1);
            release.countDown();
            bench.awaitJournal("start stuck", 2);
            bench.awaitState("stuck", PluginState.Active.class);
        }
    }

    @Test
    void unknownPluginIsAnsweredWithTheNearestName() throws Exception {
        try (var bench = new SupervisorBench(folder)) {
            bench.install("stream.gateway");
            assertThatThrownBy(() -> bench.explain("stream.gatway"))
                    .hasMessage("There is no plug-in stream.gatway; did you mean 'stream.gateway'?");
        }
    }

    @Test
    void listenerThatThrowsHarmsNothing() throws Exception {
        var time = new FakeTime();
        var runtime = new FakeRuntime();
        var supervisor = new PluginSupervisor(
                runtime,
                Budgets.standard(),
                new QuarantineStore(folder),
                time,
                event -> {
                    throw new IllegalStateException("listener");
                },
                (plugin, loader) -> {});
        supervisor.installAll(List.of(Jars.write(folder.resolve("a.jar"), "a", "1")));
        await("a becomes active")
                .atMost(SupervisorBench.DEADLINE)
                .until(() -> supervisor.list().get(0).state() instanceof PluginState.Active);
        supervisor.close(Duration.ofSeconds(20));
    }

    /** As bad plug-ins do. */
    static void awaitUninterrupted(CountDownLatch latch) {
        while (true) {
            try {
                latch.await();
                return;
            } catch (InterruptedException ignored) {
                // Goes on waiting.
            }
        }
    }
}
