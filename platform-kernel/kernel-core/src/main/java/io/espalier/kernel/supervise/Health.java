package io.espalier.kernel.supervise;

import io.espalier.kernel.deploy.DroppedJar;
import io.espalier.kernel.jar.JarFiles;
import io.espalier.kernel.plugin.Diagnosis;
import io.espalier.kernel.plugin.PluginEvent;
import io.espalier.kernel.plugin.PluginId;
import io.espalier.kernel.plugin.PluginState;
import io.espalier.kernel.plugin.PluginState.Active;
import io.espalier.kernel.plugin.PluginState.Cause;
import io.espalier.kernel.plugin.PluginState.Held;
import io.espalier.kernel.plugin.PluginState.Installed;
import io.espalier.kernel.plugin.PluginState.Quarantined;
import io.espalier.kernel.plugin.PluginState.Starting;
import io.espalier.kernel.plugin.PluginState.Stopped;
import io.espalier.kernel.plugin.PluginState.Stopping;
import io.espalier.kernel.plugin.PluginState.StuckStopping;
import io.espalier.kernel.plugin.PluginState.Waiting;
import io.espalier.kernel.quarantine.QuarantineEntry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One plug-in's state and what follows from looking at it: activation deadline, quarantine, retries. Changed by the steps of
 * the plug-in's lane only; {@link #state} and {@link #reason} may be read by any thread.
 */
final class Health {
    private static final Logger LOG = LoggerFactory.getLogger(Health.class);

    private static final Duration WAITING_LOOK = Duration.ofSeconds(1);

    private final Surroundings kernel;
    private final PluginId id;
    private final Consumer<Runnable> lane;
    private final Consumer<Quarantined> retry;

    private volatile PluginState state;
    private String version;
    private Path jar;
    private @Nullable String digest;
    private @Nullable Instant detected;
    private int failures;
    private boolean remembered;
    private int changes;
    private @Nullable Diagnosis afterFailure;

    /**
     * @param lane runs a step of this plug-in
     * @param retry is called as a step when the pause of a quarantine is over
     */
    Health(
            Surroundings kernel,
            PluginId id,
            String version,
            Path jar,
            Consumer<Runnable> lane,
            Consumer<Quarantined> retry) {
        this.kernel = kernel;
        this.id = id;
        this.version = version;
        this.jar = jar;
        this.lane = lane;
        this.retry = retry;
        this.state = new Installed(kernel.time().now());
    }

    PluginState state() {
        return state;
    }

    /** Why the plug-in is not active; empty when there is nothing to say. */
    String reason() {
        PluginState now = state;
        if (now instanceof Quarantined quarantined) {
            return quarantined.reason();
        }
        if (now instanceof Waiting waiting) {
            return Sentences.unsatisfied(waiting.components());
        }
        if (now instanceof Held held) {
            return held.reason();
        }
        return now instanceof StuckStopping ? "Its stop hangs and was given up." : "";
    }

    void starting() {
        change(new Starting(kernel.time().now()));
    }

    /** Nothing of the plug-in has run; it is started when what forbids that is gone. */
    void held(String reason) {
        forgive();
        // From here on the way to active is no measure of the deployment any more.
        detected = null;
        change(new Held(kernel.time().now(), reason));
    }

    void stopping() {
        change(new Stopping(kernel.time().now()));
    }

    void stuck(String stack) {
        change(new StuckStopping(kernel.time().now(), stack));
    }

    void stopped() {
        change(new Stopped(kernel.time().now()));
    }

    /** The plug-in came through the drop folder; its way to active is measured. */
    void deployed(DroppedJar dropped) {
        jar = dropped.file();
        digest = dropped.digest();
        detected = dropped.detected();
    }

    /** Another content deserves a fresh start. */
    void replaced(String newVersion, DroppedJar dropped) {
        version = newVersion;
        deployed(dropped);
        forgive();
    }

    /** Counts from zero again. */
    void forgive() {
        failures = 0;
        afterFailure = null;
        forget();
    }

    /** Deletes what the store remembers. */
    void forget() {
        if (remembered) {
            kernel.store().clear(id);
            remembered = false;
        }
    }

    /** Takes up the quarantine of an earlier run; true when its pause is not over. */
    boolean heldBack() {
        Optional<QuarantineEntry> earlier = kernel.store().find(id);
        if (earlier.isEmpty()) {
            return false;
        }
        remembered = true;
        QuarantineEntry entry = earlier.get();
        if (!entry.jarDigest().equals(digestOfJar())) {
            LOG.info("Plug-in {} was quarantined but its jar is another one now; it gets a fresh start.", id);
            forget();
            return false;
        }
        failures = entry.attempts();
        // A clock that was set back must not lengthen the pause.
        Instant now = kernel.time().now();
        Instant latest = now.plus(kernel.budgets().backoff().afterFailures(failures));
        Instant next = entry.nextRetry().isAfter(latest) ? latest : entry.nextRetry();
        if (!next.isAfter(now)) {
            return false;
        }
        afterFailure = diagnose();
        pause(new Quarantined(now, entry.cause(), entry.reason(), failures, next, null));
        return true;
    }

    /** Looks at a started plug-in and moves to the state it is in. */
    void observe() {
        Diagnosis found = diagnose();
        if (found instanceof Diagnosis.Working) {
            active();
        } else if (found instanceof Diagnosis.Unsatisfied unsatisfied) {
            incomplete(unsatisfied.components());
        } else if (found instanceof Diagnosis.InTransition) {
            incomplete(List.of());
        } else if (found instanceof Diagnosis.Unresolved unresolved) {
            quarantine(Cause.UNRESOLVED, Sentences.unresolved(unresolved.missing()), null);
        } else if (!(state instanceof Stopped)) {
            LOG.warn("Plug-in {} was stopped by somebody else; 'plugin:restart {}' starts it.", id, id);
            stopped();
        }
    }

    /** Something around changed; true when the plug-in should be started because of it. */
    boolean mendedByChange(boolean started) {
        if (state instanceof Held held) {
            return released(held);
        }
        if (!(state instanceof Quarantined quarantined)) {
            if (started) {
                observe();
            }
            return false;
        }
        Diagnosis found = diagnose();
        if (found instanceof Diagnosis.Working) {
            active();
        } else if (found instanceof Diagnosis.Unresolved unresolved && quarantined.cause() == Cause.UNRESOLVED) {
            restate(quarantined, Sentences.unresolved(unresolved.missing()));
        } else if (found instanceof Diagnosis.Unsatisfied unsatisfied && quarantined.cause() == Cause.NEVER_ACTIVE) {
            restate(quarantined, Sentences.unsatisfied(unsatisfied.components()));
        } else if (found instanceof Diagnosis.Stopped) {
            boolean mendable = quarantined.cause() == Cause.UNRESOLVED || quarantined.cause() == Cause.NEVER_ACTIVE;
            // Equal to what the failure left behind: nothing for this plug-in has changed.
            return mendable && !found.equals(afterFailure);
        }
        return false;
    }

    private boolean released(Held held) {
        if (diagnose() instanceof Diagnosis.Misconfigured still) {
            state = new Held(held.since(), Sentences.misconfigured(still.problems()));
            return false;
        }
        return true;
    }

    /** The pause of one that never became active is over; true when only another start can help, else it waits on. */
    boolean needsAnotherStart(Quarantined before) {
        Diagnosis found = diagnose();
        if (found instanceof Diagnosis.Working) {
            active();
            return false;
        }
        if (found instanceof Diagnosis.Unsatisfied unsatisfied
                && unsatisfied.components().stream().noneMatch(Diagnosis.Component::threw)) {
            quarantine(before.cause(), Sentences.unsatisfied(unsatisfied.components()), null);
            return false;
        }
        return true;
    }

    void quarantine(Cause cause, String reason, @Nullable String stack) {
        failures++;
        Instant now = kernel.time().now();
        Duration pause = kernel.budgets().backoff().afterFailures(failures);
        var next = new Quarantined(now, cause, reason, failures, now.plus(pause), stack);
        kernel.store().save(new QuarantineEntry(id, cause, reason, failures, next.nextRetry(), digestOfJar()));
        remembered = true;
        afterFailure = diagnose();
        pause(next);
    }

    /** The earlier attempt hangs still; the next one waits as long again. */
    void postpone(Quarantined before) {
        Instant next = kernel.time().now().plus(kernel.budgets().backoff().afterFailures(failures));
        state = new Quarantined(
                before.since(), before.cause(), before.reason(), before.attempts(), next, before.stack());
        retryAt(next);
    }

    private void active() {
        if (state instanceof Active) {
            return;
        }
        forgive();
        var active = new Active(kernel.time().now());
        change(active);
        Instant found = detected;
        if (found != null) {
            detected = null;
            kernel.events().on(new PluginEvent.Deployed(id, jar, found, active.since()));
        }
    }

    private void incomplete(List<Diagnosis.Component> components) {
        if (state instanceof Waiting waiting) {
            state = new Waiting(waiting.since(), components, waiting.until());
            return;
        }
        Instant now = kernel.time().now();
        Duration budget = kernel.budgets().activation();
        change(new Waiting(now, components, now.plus(budget)));
        later(now.plus(budget), this::activationOver);
        lookWhileWaiting(now.plus(WAITING_LOOK));
    }

    /** Not every runtime tells of everything that changes. */
    private void lookWhileWaiting(Instant due) {
        later(due, () -> {
            observe();
            if (state instanceof Waiting) {
                lookWhileWaiting(kernel.time().now().plus(WAITING_LOOK));
            }
        });
    }

    private void activationOver() {
        Diagnosis found = diagnose();
        if (found instanceof Diagnosis.Unsatisfied unsatisfied) {
            quarantine(Cause.NEVER_ACTIVE, Sentences.unsatisfied(unsatisfied.components()), null);
        } else if (found instanceof Diagnosis.InTransition) {
            quarantine(Cause.NEVER_ACTIVE, Sentences.unsatisfied(List.of()), null);
        } else {
            observe();
        }
    }

    private void restate(Quarantined now, String reason) {
        state = new Quarantined(now.since(), now.cause(), reason, now.attempts(), now.nextRetry(), now.stack());
    }

    private void pause(Quarantined next) {
        // From here on the way to active is no measure of the deployment any more.
        detected = null;
        change(next);
        retryAt(next.nextRetry());
    }

    private void retryAt(Instant due) {
        later(due, () -> {
            if (state instanceof Quarantined quarantined) {
                retry.accept(quarantined);
            }
        });
    }

    /** Runs the step when it is due unless the state has changed by then. */
    private void later(Instant due, Runnable step) {
        int seen = changes;
        Runnable unlessChanged = () -> {
            if (changes == seen) {
                step.run();
            }
        };
        kernel.time().at(due, () -> lane.accept(unlessChanged));
    }

    private void change(PluginState next) {
        PluginState before = state;
        changes++;
        state = next;
        String reason = reason();
        LOG.info(
                "Plug-in {} {}: {} -> {}{}",
                id,
                version,
                before.word(),
                next.word(),
                reason.isEmpty() ? "" : ": " + reason);
        kernel.events().on(new PluginEvent.StateChanged(id, version, before, next));
    }

    private Diagnosis diagnose() {
        try {
            return kernel.runtime().diagnose(id);
        } catch (RuntimeException e) {
            LOG.error("The runtime failed to look at plug-in {}.", id, e);
            return new Diagnosis.InTransition();
        }
    }

    private String digestOfJar() {
        String known = digest;
        if (known == null) {
            try {
                known = JarFiles.digest(jar);
            } catch (IOException gone) {
                LOG.debug("The jar {} cannot be read any more.", jar, gone);
                known = "";
            }
            digest = known;
        }
        return known;
    }
}
