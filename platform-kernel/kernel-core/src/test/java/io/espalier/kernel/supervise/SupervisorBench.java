package io.espalier.kernel.supervise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.espalier.kernel.budget.Backoff;
import io.espalier.kernel.budget.Budgets;
import io.espalier.kernel.deploy.Handover;
import io.espalier.kernel.fakes.FakeRuntime;
import io.espalier.kernel.fakes.FakeTime;
import io.espalier.kernel.fakes.Jars;
import io.espalier.kernel.fakes.RecordedEvents;
import io.espalier.kernel.plugin.PluginException;
import io.espalier.kernel.plugin.PluginId;
import io.espalier.kernel.plugin.PluginState;
import io.espalier.kernel.plugin.PluginView;
import io.espalier.kernel.quarantine.QuarantineStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A supervisor with everything around it by hand: runtime, clock, events, real jars, a real store. */
final class SupervisorBench implements AutoCloseable {
    static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final Duration LONG = Duration.ofSeconds(30);

    final FakeRuntime runtime;
    final FakeTime time;
    final RecordedEvents events = new RecordedEvents();
    final List<String> watched = new CopyOnWriteArrayList<>();
    final PluginSupervisor supervisor;
    private final Path folder;

    /** The plug-in "slow" has a start budget of 100 ms, the others a long one. */
    SupervisorBench(Path folder, FakeRuntime runtime, FakeTime time, Duration stopBudget) {
        this.folder = folder;
        this.runtime = runtime;
        this.time = time;
        var budgets = new Budgets(
                LONG, stopBudget, Duration.ofSeconds(10), Map.of("slow", Duration.ofMillis(100)), Backoff.standard());
        supervisor = new PluginSupervisor(
                runtime,
                budgets,
                new QuarantineStore(folder.resolve("quarantine")),
                time,
                events,
                (plugin, loader) -> watched.add(plugin));
    }

    SupervisorBench(Path folder) {
        this(folder, new FakeRuntime(), new FakeTime(), LONG);
    }

    SupervisorBench(Path folder, Duration stopBudget) {
        this(folder, new FakeRuntime(), new FakeTime(), stopBudget);
    }

    Path jar(String name) {
        return Jars.write(folder.resolve(name + ".jar"), name, "1.0");
    }

    void install(String... names) {
        supervisor.installAll(List.of(names).stream().map(this::jar).toList());
    }

    PluginView view(String name) {
        return supervisor.list().stream()
                .filter(view -> view.id().name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no plug-in " + name + " in " + supervisor.list()));
    }

    <S extends PluginState> S awaitState(String name, Class<S> state) {
        await().alias(name + " becomes " + state.getSimpleName())
                .atMost(DEADLINE)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> state.isInstance(view(name).state()));
        return state.cast(view(name).state());
    }

    void awaitJournal(String entry, int times) {
        await().alias(times + " x '" + entry + "' in " + runtime.journal())
                .atMost(DEADLINE)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> runtime.count(entry) >= times);
    }

    String explain(String name) throws PluginException {
        return supervisor.explain(new PluginId(name)).toString();
    }

    /** Nudges, and lets the sweep's time pass. */
    void change() {
        supervisor.somethingChanged();
        time.advance(Duration.ofMillis(200));
    }

    /** Returns when all that was asked of the plug-in so far is done. */
    static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
    }

    static String refusal(Handover handover) {
        assertThat(handover).isInstanceOf(Handover.Refused.class);
        return ((Handover.Refused) handover).reason();
    }

    @Override
    public void close() throws PluginException {
        supervisor.close(Duration.ofSeconds(1));
    }
}
