package io.espalier.kernel.supervise;

import io.espalier.kernel.budget.TimedCall;
import io.espalier.kernel.deploy.DroppedJar;
import io.espalier.kernel.deploy.Handover;
import io.espalier.kernel.plugin.Explanation;
import io.espalier.kernel.plugin.InstalledPlugin;
import io.espalier.kernel.plugin.PluginEvent;
import io.espalier.kernel.plugin.PluginException;
import io.espalier.kernel.plugin.PluginId;
import io.espalier.kernel.plugin.PluginState;
import io.espalier.kernel.plugin.PluginState.Quarantined;
import io.espalier.kernel.plugin.PluginView;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one plug-in: what is asked of it becomes steps on its lane. Steps that meet a call that still hangs in the plug-in
 * wait until that call ends, because the runtime wants calls for one plug-in one after the other.
 */
final class SupervisedPlugin {
    private static final Logger LOG = LoggerFactory.getLogger(SupervisedPlugin.class);

    private final PluginId id;
    private final Surroundings kernel;
    private final AtomicInteger starts;
    private final Consumer<SupervisedPlugin> gone;
    private final Lane lane;
    private final Health health;
    private final AtomicBoolean recheckPending = new AtomicBoolean();

    private volatile InstalledPlugin installed;
    private volatile Path origin;
    private volatile int startOrder;
    private volatile boolean closed;
    private volatile @Nullable CompletableFuture<Handover> removal;

    // Below: touched by the lane's steps only.
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private @Nullable Hanging hanging;
    private boolean started;

    /** A call that was given up, and what is to be done when it ends after all. */
    private record Hanging(TimedCall.Late call, Runnable ended) {}

    SupervisedPlugin(
            InstalledPlugin installed,
            Path origin,
            Surroundings kernel,
            AtomicInteger starts,
            Consumer<SupervisedPlugin> gone) {
        this.id = installed.id();
        this.installed = installed;
        this.origin = origin;
        this.kernel = kernel;
        this.starts = starts;
        this.gone = gone;
        this.lane = new Lane(id.name(), kernel.threads());
        this.health = new Health(kernel, id, installed.version(), origin, lane::submit, this::retry);
    }

    PluginId id() {
        return id;
    }

    Path origin() {
        return origin;
    }

    /** The number of its latest start among all starts. */
    int startOrder() {
        return startOrder;
    }

    PluginView view() {
        return new PluginView(id, installed.version(), health.state(), health.reason(), origin);
    }

    Explanation explain() {
        return Sentences.explain(installed, health.state());
    }

    /** The removal that is under way, if one is. */
    Optional<CompletableFuture<Handover>> removal() {
        return Optional.ofNullable(removal);
    }

    /** First start, unless an earlier run of the program left the plug-in in quarantine. */
    void begin(@Nullable DroppedJar jar) {
        command(() -> {
            if (jar != null) {
                health.deployed(jar);
            }
            if (!health.heldBack()) {
                start();
            }
        });
    }

    void restart() {
        command(() -> stopThen(() -> {
            health.forgive();
            start();
        }));
    }

    /** Something around changed; looks whether that mends or breaks this plug-in. Returns at once. */
    void recheck() {
        if (recheckPending.compareAndSet(false, true) && !lane.submit(this::recheckNow)) {
            recheckPending.set(false);
        }
    }

    CompletableFuture<Handover> replace(DroppedJar jar) {
        var done = new CompletableFuture<Handover>();
        boolean queued = command(() -> stopThen(() -> update(jar, done)));
        return queued ? done : busy();
    }

    CompletableFuture<Handover> remove() {
        var done = new CompletableFuture<Handover>();
        removal = done;
        boolean queued = command(() -> stopThen(() -> uninstall(done)));
        return queued ? done : busy();
    }

    /** Stops for good; completes with a sentence when that fails, and not before a hanging call is given up. */
    CompletableFuture<Optional<String>> close(Duration limit) {
        var done = new CompletableFuture<Optional<String>>();
        // At once, so that what is queued before it starts nothing any more.
        closed = true;
        boolean queued = lane.submit(() -> done.complete(stopForGood(limit)));
        return queued ? done : CompletableFuture.completedFuture(Optional.of(id + " has too many steps waiting."));
    }

    private CompletableFuture<Handover> busy() {
        return CompletableFuture.completedFuture(new Handover.Refused(
                "Plug-in " + id + " has too many steps waiting; look at 'plugin:explain " + id + "'."));
    }

    private boolean command(Runnable step) {
        return lane.submit(() -> whenFree(step));
    }

    private void whenFree(Runnable step) {
        if (hanging == null) {
            step.run();
        } else {
            waiting.add(step);
        }
    }

    private void stopThen(Runnable step) {
        var unused = stop(kernel.budgets().stop());
        whenFree(step);
    }

    private void start() {
        if (closed) {
            return;
        }
        startOrder = starts.incrementAndGet();
        started = true;
        health.starting();
        Duration budget = kernel.budgets().startOf(installed);
        TimedCall.Result result =
                call("plugin-start ", budget, () -> kernel.runtime().start(id));
        if (result instanceof TimedCall.Late late) {
            LOG.warn("Plug-in {} exceeds its start budget of {}; it stands here:\n{}", id, budget, late.stack());
            hang(late, this::stopLateStart);
            health.quarantine(PluginState.Cause.OVER_BUDGET, Sentences.overBudget(budget, late.stack()), late.stack());
        } else if (closed) {
            LOG.debug("Plug-in {} was still starting when the supervisor closed.", id);
        } else if (result instanceof TimedCall.Failed failed) {
            startFailed(failed.cause());
        } else {
            health.observe();
        }
    }

    private void startFailed(Throwable thrown) {
        if (thrown instanceof PluginException refusal && refusal.code() == PluginException.Code.MISCONFIGURED) {
            started = false;
            health.held(Sentences.reasonOf(thrown));
            return;
        }
        PluginState.Cause cause = Sentences.causeOf(thrown);
        if (cause != PluginState.Cause.UNRESOLVED) {
            LOG.warn("Plug-in {} failed to start.", id, thrown);
            stopSilently();
        }
        started = false;
        health.quarantine(cause, Sentences.reasonOf(thrown), null);
    }

    /** The start was given up long ago; that it has come to an end now must not leave the plug-in running. */
    private void stopLateStart() {
        LOG.info("The late start of plug-in {} has ended; the plug-in is stopped again.", id);
        stopSilently();
        started = false;
    }

    private void stopSilently() {
        TimedCall.Result result = call(
                "plugin-stop ", kernel.budgets().stop(), () -> kernel.runtime().stop(id));
        if (result instanceof TimedCall.Late late) {
            LOG.error("Plug-in {} hangs in its stop and is given up; it stands here:\n{}", id, late.stack());
            hang(late, () -> {});
        } else if (result instanceof TimedCall.Failed failed) {
            LOG.debug("Stopping plug-in {} after its failed start failed too.", id, failed.cause());
        }
    }

    /** Stops; a sentence when the stop threw or hangs. */
    private Optional<String> stop(Duration limit) {
        if (!started) {
            health.stopped();
            return Optional.empty();
        }
        health.stopping();
        TimedCall.Result result =
                call("plugin-stop ", limit, () -> kernel.runtime().stop(id));
        if (result instanceof TimedCall.Late late) {
            LOG.error("Plug-in {} hangs in its stop and is given up; it stands here:\n{}", id, late.stack());
            health.stuck(late.stack());
            hang(late, () -> {
                started = false;
                health.stopped();
            });
            return Optional.of("The stop of " + id + " did not return within " + Sentences.text(limit)
                    + " and was given up; it stands here:\n" + late.stack());
        }
        started = false;
        health.stopped();
        if (result instanceof TimedCall.Failed failed) {
            LOG.warn("Plug-in {} is stopped but its stop threw.", id, failed.cause());
            return Optional.of("The stop of " + id + " threw " + failed.cause() + ".");
        }
        return Optional.empty();
    }

    private void update(DroppedJar jar, CompletableFuture<Handover> done) {
        try {
            installed = kernel.runtime().update(id, jar.file());
            origin = jar.file();
            health.replaced(installed.version(), jar);
            done.complete(new Handover.Taken(id));
        } catch (PluginException | RuntimeException e) {
            done.complete(new Handover.Refused("Tried to replace " + id + " but failed: " + e.getMessage() + " Version "
                    + installed.version() + " runs on."));
        }
        start();
    }

    private void uninstall(CompletableFuture<Handover> done) {
        try {
            Optional<ClassLoader> loader = kernel.runtime().uninstall(id);
            closed = true;
            health.forget();
            gone.accept(this);
            kernel.events()
                    .on(new PluginEvent.Removed(
                            id, installed.version(), kernel.time().now()));
            LOG.info("Plug-in {} {} is removed.", id, installed.version());
            loader.ifPresent(left -> kernel.leaks().watch(id.name(), left));
            done.complete(new Handover.Taken(id));
        } catch (PluginException | RuntimeException e) {
            removal = null;
            done.complete(new Handover.Refused("Tried to remove " + id + " but failed: " + e.getMessage()));
        }
    }

    private void recheckNow() {
        recheckPending.set(false);
        if (hanging == null && !closed && health.mendedByChange(started)) {
            start();
        }
    }

    /** The quarantine's pause is over. */
    private void retry(Quarantined before) {
        if (closed) {
            return;
        }
        if (hanging != null) {
            health.postpone(before);
        } else if (before.cause() != PluginState.Cause.NEVER_ACTIVE || !started) {
            start();
        } else if (health.needsAnotherStart(before)) {
            stopThen(this::start);
        }
    }

    private TimedCall.Result call(String what, Duration limit, TimedCall.Work work) {
        try {
            return TimedCall.run(what + id, limit, work);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new TimedCall.Failed(e);
        }
    }

    private void hang(TimedCall.Late late, Runnable ended) {
        var fresh = new Hanging(late, ended);
        hanging = fresh;
        var unused = late.ending().thenRun(() -> lane.submit(() -> ended(fresh)));
    }

    private void ended(Hanging call) {
        if (!call.equals(hanging)) {
            return;
        }
        hanging = null;
        call.ended().run();
        for (int left = waiting.size(); left > 0 && hanging == null; left--) {
            waiting.remove().run();
        }
    }

    /** The last stop: a call that hangs gets the whole limit to end. */
    private Optional<String> stopForGood(Duration limit) {
        Hanging call = hanging;
        if (call == null) {
            return stop(limit);
        }
        try {
            call.call().ending().get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException | ExecutionException e) {
            return Optional.of("A call of plug-in " + id + " hangs:\n"
                    + TimedCall.stack(call.call().thread()));
        }
        ended(call);
        return hanging == null ? stop(limit) : Optional.of("Plug-in " + id + " hangs in its stop.");
    }
}
