package io.espalier.kernel.supervise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.espalier.kernel.fakes.FakeRuntime;
import io.espalier.kernel.fakes.FakeTime;
import io.espalier.kernel.fakes.Jars;
import io.espalier.kernel.plugin.Diagnosis;
import io.espalier.kernel.plugin.PluginException;
import io.espalier.kernel.plugin.PluginId;
import io.espalier.kernel.plugin.PluginState;
import io.espalier.kernel.plugin.PluginState.Cause;
import io.espalier.kernel.plugin.PluginState.Quarantined;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class QuarantineTest {
    private static final Diagnosis WAITS_FOR_STORE = new Diagnosis.Unsatisfied(
            List.of(new Diagnosis.Component("door", "it needs a service Store; install the plug-in that offers it.")));

    private final Path folder;

    QuarantineTest(@TempDir Path folder) {
        this.folder = folder;
    }

    static List<Throwable> whatPluginsThrow() {
        return List.of(
                new IllegalStateException("no port"), new StackOverflowError(), new NoClassDefFoundError("org/x/Y"));
    }

    @ParameterizedTest
    @MethodSource("whatPluginsThrow")
    void quarantinesPluginThatThrowsAndStopsIt(Throwable thrown) throws Exception {
        try (var bench = new SupervisorBench(folder)) {
            bench.runtime.onStart("bad", () -> raise(thrown));
            bench.install("bad", "good");

            var state = bench.awaitState("bad", Quarantined.class);
            assertThat(state.cause()).isEqualTo(Cause.THREW);
            assertThat(state.attempts()).isEqualTo(1);
            assertThat(bench.runtime.journal()).contains("stop bad");
            assertThat(bench.explain("bad")).contains("quarantined", "1 failed attempt", thrown.toString());
            bench.awaitState("good", PluginState.Active.class);
        }
    }

    @Test
    void errorThatEscapesTheRuntimeIsTheErrorOfThePlugin() throws Exception {
        try (var bench = new SupervisorBench(folder)) {
            bench.runtime.onStart("bad", () -> {
                throw new PluginException(PluginException.Code.REFUSED, "The framework is full; restart it.", null);
            });
            bench.install("bad");
            assertThat(bench.awaitState("bad", Quarantined.class).cause()).isEqualTo(Cause.REFUSED);
            assertThat(bench.view("bad").reason()).isEqualTo("The framework is full; restart it.");
        }
    }

    @Test
    void pausesDoubleAndSuccessForgetsThem() throws Exception {
        var broken = new AtomicBoolean(true);
        try (var bench = new SupervisorBench(folder)) {
            bench.runtime.onStart("flaky", () -> {
                if (broken.get()) {
                    throw new IllegalStateException("not yet");
                }
            });
            bench.install("flaky");
            for (int attempt = 1; attempt <= 4; attempt++) {
                int expected = attempt;
                await("attempt " + attempt)
                        .atMost(SupervisorBench.DEADLINE)
                        .until(() -> bench.view("flaky").state() instanceof Quarantined q && q.attempts() == expected);
                var state = (Quarantined) bench.view("flaky").state();
                assertThat(Duration.between(bench.time.now(), state.nextRetry()))
                        .isEqualTo(Duration.ofSeconds(1L << (attempt - 1)));
                broken.set(attempt < 4);
                bench.time.advance(Duration.between(bench.time.now(), state.nextRetry()));
            }
            bench.awaitState("flaky", PluginState.Active.class);
            assertThat(folder.resolve("quarantine/flaky.properties")).doesNotExist();
        }
    }

    @Test
    void noRetryBeforeItsTime() throws Exception {
        try (var bench = new SupervisorBench(folder)) {
            bench.runtime.onStart("bad", () -> raise(new IllegalStateException()));
            bench.install("bad", "probe");
            bench.awaitState("bad", Quarantined.class);
            bench.time.advance(Duration.ofMillis(700));
            bench.change();
            bench.supervisor.restart(new PluginId("probe"));
            bench.awaitJournal("start probe", 2);
            assertThat(bench.runtime.count("start bad")).isEqualTo(1);
        }
    }

    @Test
    void unsatisfiedPluginIsWaitingThenQuarantinedButLeftStarted() throws Exception {
        try (var bench = new SupervisorBench(folder)) {
            bench.runtime.finds("shop", WAITS_FOR_STORE);
            bench.install("shop");
            bench.awaitState("shop", PluginState.Waiting.class);
            assertThat(bench.explain("shop")).contains("door", "needs a service Store");

            bench.time.advance(Duration.ofSeconds(10));
            var state = bench.awaitState("shop", Quarantined.class);
            assertThat(state.cause()).isEqualTo(Cause.NEVER_ACTIVE);
            assertThat(bench.runtime.journal()).doesNotContain("stop shop");
            assertThat(bench.explain("shop")).contains("as soon as what is missing arrives");
        }
    }

    @Test
    void quarantinedUnsatisfiedPluginHealsOnChangeWithoutAnotherStart() throws Exception {
        try (var bench = new SupervisorBench(folder)) {
            bench.runtime.finds("shop", WAITS_FOR_STORE);
            bench.install("shop");
            bench.awaitState("shop", PluginState.Waiting.class);
            bench.time.advance(Duration.ofSeconds(10));
            bench.awaitState("shop", Quarantined.class);

            bench.runtime.findsTheTruth("shop");
            bench.change();
            bench.awaitState("shop", PluginState.Active.class);
            assertThat(bench.runtime.count("start shop")).isEqualTo(1);
        }
    }

    @Test
    void waitingPluginHealsThoughNobodyTellsOfTheChange() throws Exception {
        try (var bench = new SupervisorBench(folder)) {
            bench.runtime.finds("shop", WAITS_FOR_STORE);
            bench.install("shop");
            bench.awaitState("shop", PluginState.Waiting.class);
            bench.runtime.findsTheTruth("shop");
            bench.time.advance(Duration.ofSeconds(1));
            bench.awaitState("shop", PluginState.Active.class);

            bench.runtime.finds("shop", WAITS_FOR_STORE);
            bench.time.advance(Duration.ofMinutes(1));
            assertThat(bench.view("shop").state()).isInstanceOf(PluginState.Active.class);
        }
    }

    @Test
    void activePluginThatLosesWhatItNeedsIsWaiting() throws Exception {
        try (var bench = new SupervisorBench(folder)) {
            bench.install("shop");
            bench.awaitState("shop", PluginState.Active.class);
            bench.runtime.finds("shop", WAITS_FOR_STORE);
            bench.change();
            bench.awaitState("shop", PluginState.Waiting.class);
        }
    }

    @Test
    void componentWhoseOwnCodeThrewIsStartedAgainAfterThePause() throws Exception {
        try (var bench = new SupervisorBench(folder)) {
            bench.runtime.finds(
                    "shop", new Diagnosis.Unsatisfied(List.of(new Diagnosis.Component("door", "it threw.", true))));
            bench.install("shop");
            bench.awaitState("shop", PluginState.Waiting.class);
            bench.time.advance(Duration.ofSeconds(10));
            bench.awaitState("shop", Quarantined.class);
            bench.runtime.findsTheTruth("shop");
            bench.runtime.finds(
                    "shop", new Diagnosis.Unsatisfied(List.of(new Diagnosis.Component("door", "it threw.", true))));
            bench.time.advance(Duration.ofSeconds(1));
            bench.awaitJournal("start shop", 2);
            assertThat(bench.runtime.count("stop shop")).isEqualTo(1);
        }
    }

    @Test
    void unresolvedPluginStartsAsSoonAsItCanBeWired() throws Exception {
        var missing = new AtomicBoolean(true);
        var lacks = new Diagnosis.Unresolved(List.of("The package org.shop is missing; install the plug-in shop-api."));
        try (var bench = new SupervisorBench(folder)) {
            bench.runtime.finds("shop", lacks).onStart("shop", () -> {
                if (missing.get()) {
                    throw new PluginException(
                            PluginException.Code.UNRESOLVED, "The package org.shop is missing.", null);
                }
            });
            bench.install("shop");
            assertThat(bench.awaitState("shop", Quarantined.class).cause()).isEqualTo(Cause.UNRESOLVED);

            bench.change();
            await("the reason is brought up to date")
                    .atMost(SupervisorBench.DEADLINE)
                    .until(() -> bench.view("shop").reason().contains("shop-api"));
            assertThat(bench.runtime.count("start shop")).isEqualTo(1);

            missing.set(false);
            bench.runtime.findsTheTruth("shop");
            bench.change();
            bench.awaitState("shop", PluginState.Active.class);
        }
    }

    @Test
    void quarantineSurvivesTheSupervisorAndHoldsTheStartBack() throws Exception {
        var time = new FakeTime();
        try (var first = new SupervisorBench(folder, new FakeRuntime(), time, Duration.ofSeconds(30))) {
            first.runtime.onStart("bad", () -> raise(new IllegalStateException("no port")));
            first.install("bad");
            first.awaitState("bad", Quarantined.class);
        }
        // No close is needed for it: what a kill -9 leaves behind is the same file.
        try (var second = new SupervisorBench(folder, new FakeRuntime(), time, Duration.ofSeconds(30))) {
            second.supervisor.installAll(List.of(folder.resolve("bad.jar")));
            second.awaitState("bad", Quarantined.class);
            assertThat(second.explain("bad")).contains("no port");
            assertThat(second.runtime.journal()).containsExactly("install bad 1.0");

            time.advance(Duration.ofSeconds(1));
            second.awaitState("bad", PluginState.Active.class);
        }
    }

    @Test
    void anotherContentOfTheJarClearsTheQuarantine() throws Exception {
        var time = new FakeTime();
        try (var first = new SupervisorBench(folder, new FakeRuntime(), time, Duration.ofSeconds(30))) {
            first.runtime.onStart("bad", () -> raise(new IllegalStateException()));
            first.install("bad");
            first.awaitState("bad", Quarantined.class);
        }
        Jars.write(folder.resolve("bad.jar"), Jars.bundle("bad", "1.0", 2));
        try (var second = new SupervisorBench(folder, new FakeRuntime(), time, Duration.ofSeconds(30))) {
            second.supervisor.installAll(List.of(folder.resolve("bad.jar")));
            second.awaitState("bad", PluginState.Active.class);
        }
    }

    @Test
    void corruptStoreFileIsIgnored() throws Exception {
        Files.createDirectories(folder.resolve("quarantine"));
        Files.write(folder.resolve("quarantine/good.properties"), new byte[] {(byte) 0xff, 0, '\\', 'u', 'z'});
        try (var bench = new SupervisorBench(folder)) {
            bench.install("good");
            bench.awaitState("good", PluginState.Active.class);
        }
    }

    @Test
    void restartTakesPluginOutOfQuarantineAtOnce() throws Exception {
        var broken = new AtomicBoolean(true);
        try (var bench = new SupervisorBench(folder)) {
            bench.runtime.onStart("bad", () -> {
                if (broken.get()) {
                    throw new IllegalStateException();
                }
            });
            bench.install("bad");
            bench.awaitState("bad", Quarantined.class);
            broken.set(false);
            bench.supervisor.restart(new PluginId("bad"));
            bench.awaitState("bad", PluginState.Active.class);
        }
    }

    private static void raise(Throwable thrown) throws Exception {
        if (thrown instanceof Error error) {
            throw error;
        }
        throw (Exception) thrown;
    }
}
