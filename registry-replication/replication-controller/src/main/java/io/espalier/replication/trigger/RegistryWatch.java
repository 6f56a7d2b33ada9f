package io.espalier.replication.trigger;

import static java.util.Objects.requireNonNull;

import io.espalier.registry.error.RegistryException;
import java.time.Clock;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at the master's registry every so often, by a schedule, and when asked; on one thread of its own. */
public final class RegistryWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RegistryWatch.class);
    private static final long CLOSE_SECONDS = 5;
    private static final long LATER_SECONDS = 3;

    private final RegistryLook look;
    private final Optional<CronSchedule> schedule;
    private final Clock clock;
    private final ScheduledExecutorService thread;
    private final AtomicBoolean asked = new AtomicBoolean();
    private final AtomicBoolean askedLater = new AtomicBoolean();
    private boolean failing;

    private RegistryWatch(RegistryLook look, Optional<CronSchedule> schedule, Clock clock) {
        this.look = requireNonNull(look, "look is null");
        this.schedule = requireNonNull(schedule, "schedule is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.thread = Executors.newSingleThreadScheduledExecutor(
                task -> new Thread(task, "replication-controller-registry-watch"));
    }

    /**
     * Begins to watch.
     *
     * @param every zero for never
     */
    public static RegistryWatch start(RegistryLook look, Duration every, Optional<CronSchedule> schedule, Clock clock) {
        RegistryWatch watch = new RegistryWatch(look, schedule, clock);
        if (!every.isZero()) {
            long millis = every.toMillis();
            Future<?> ignored =
                    watch.thread.scheduleWithFixedDelay(watch::lookSafely, 0, millis, TimeUnit.MILLISECONDS);
        }
        watch.planNext();
        return watch;
    }

    /** Looks soon; once, however often it is asked before. */
    public void lookSoon() {
        if (!thread.isShutdown() && asked.compareAndSet(false, true)) {
            thread.execute(() -> {
                asked.set(false);
                lookSafely();
            });
        }
    }

    /** Looks a few seconds from now; once, however often it is asked before, so that many changes are seen at one look. */
    public void lookLater() {
        if (!thread.isShutdown() && askedLater.compareAndSet(false, true)) {
            Future<?> ignored = thread.schedule(
                    () -> {
                        askedLater.set(false);
                        lookSafely();
                    },
                    LATER_SECONDS,
                    TimeUnit.SECONDS);
        }
    }

    private void planNext() {
        ZonedDateTime now = ZonedDateTime.now(clock);
        schedule.flatMap(times -> times.next(now)).ifPresent(next -> {
            long millis = Duration.between(now, next).toMillis();
            Future<?> ignored = thread.schedule(this::lookAndPlan, millis, TimeUnit.MILLISECONDS);
        });
    }

    private void lookAndPlan() {
        lookSafely();
        planNext();
    }

    private void lookSafely() {
        try {
            RegistryLook.Findings found = look.look();
            if (found.changed() > 0) {
                LOG.info("{} of {} tags in the master's registry changed.", found.changed(), found.tags());
            }
            if (failing) {
                LOG.info("The master's registry can be read again.");
            }
            failing = false;
        } catch (RegistryException e) {
            if (!failing) {
                LOG.warn("The master's registry cannot be looked at; it is tried again: {}", e.getMessage());
            }
            failing = true;
        } catch (RuntimeException e) {
            LOG.error("A look at the master's registry failed.", e);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
        try {
            if (!thread.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("The watch of the master's registry did not end within {} s.", CLOSE_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
