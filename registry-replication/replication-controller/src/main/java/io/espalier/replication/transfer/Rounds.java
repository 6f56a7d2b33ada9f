package io.espalier.replication.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.replication.member.Member;
import io.espalier.replication.member.Members;
import io.espalier.replication.store.StoreException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is done again and again: letting transfers run, planning, storing progress, helping those that get nothing. */
final class Rounds {
    private static final Logger LOG = LoggerFactory.getLogger(Rounds.class);
    private static final long ROUND_MILLIS = 50;
    private static final int ADMITTED_AT_ONCE = 16;
    private static final Duration PRUNE_EVERY = Duration.ofHours(1);
    private static final Duration KEPT = Duration.ofDays(30);

    private final TransferTable table;
    private final Dispatcher dispatcher;
    private final Backfiller backfiller;
    private final NodeDesk desk;
    private final WindowDesk windows;
    private final Members members;
    private final ReplicatorTiming timing;
    private final Clock clock;
    private volatile long graceEndNanos = System.nanoTime();
    private long storedNanos = System.nanoTime();
    private long lookedNanos = System.nanoTime();
    private long prunedNanos = System.nanoTime();
    private boolean failing;

    Rounds(
            TransferTable table,
            Dispatcher dispatcher,
            Backfiller backfiller,
            NodeDesk desk,
            WindowDesk windows,
            Members members,
            ReplicatorTiming timing,
            Clock clock) {
        this.table = requireNonNull(table, "table is null");
        this.dispatcher = requireNonNull(dispatcher, "dispatcher is null");
        this.backfiller = requireNonNull(backfiller, "backfiller is null");
        this.desk = requireNonNull(desk, "desk is null");
        this.windows = requireNonNull(windows, "windows is null");
        this.members = requireNonNull(members, "members is null");
        this.timing = requireNonNull(timing, "timing is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    void waitUntil(Duration grace) {
        graceEndNanos = System.nanoTime() + grace.toNanos();
    }

    void start(ScheduledExecutorService timer) {
        Future<?> ignored =
                timer.scheduleWithFixedDelay(this::round, ROUND_MILLIS, ROUND_MILLIS, TimeUnit.MILLISECONDS);
    }

    Duration since(Instant then) {
        return Duration.between(then, clock.instant());
    }

    /** One step that cannot be done holds up no other: what runs is looked after while the database is away. */
    private void round() {
        // First, so that nothing is assigned to a node outside of its window.
        boolean whole = attempt(() -> windows.go(table));
        whole &= attempt(this::admit);
        whole &= attempt(backfiller::go);
        whole &= attempt(this::plan);
        whole &= attempt(this::lookAfter);
        if (whole && failing) {
            failing = false;
            LOG.info("Rounds over the transfers go on.");
        }
    }

    private boolean attempt(Runnable step) {
        try {
            step.run();
            return true;
        } catch (StoreException e) {
            if (e.isAway()) {
                // The log says it elsewhere.
                return false;
            }
            if (!failing) {
                LOG.warn("Transfers wait for the database: {}", e.getMessage());
            }
        } catch (RuntimeException e) {
            if (!failing) {
                LOG.error("A round over the transfers failed; it is tried again and again.", e);
            }
        }
        failing = true;
        return false;
    }

    private void lookAfter() {
        if (due(lookedNanos, timing.idle().dividedBy(4))) {
            lookedNanos = System.nanoTime();
            table.all().forEach(this::rescue);
        }
        if (due(storedNanos, timing.progress())) {
            storedNanos = System.nanoTime();
            table.persistAll();
            desk.takeLate();
        }
        if (due(prunedNanos, PRUNE_EVERY)) {
            table.prune(clock.instant().minus(KEPT));
            prunedNanos = System.nanoTime();
        }
    }

    private static boolean due(long since, Duration every) {
        return System.nanoTime() - since >= every.toNanos();
    }

    /** Lets transfers run that there is room for; does nothing in the time of grace. */
    void admit() {
        if (System.nanoTime() - graceEndNanos < 0) {
            return;
        }
        for (int i = 0; i < ADMITTED_AT_ONCE; i++) {
            Optional<Running> next = table.admit();
            if (next.isEmpty()) {
                return;
            }
            if (next.get().takePlanDue()) {
                dispatcher.plan(next.get());
            }
        }
    }

    private void plan() {
        for (Running one : table.all()) {
            if (one.takePlanDue()) {
                dispatcher.plan(one);
            }
        }
    }

    private void rescue(Running one) {
        Instant now = clock.instant();
        for (Member member : members.all()) {
            if (member.connected() && !member.master() && one.isTarget(member.id())) {
                Optional<Instant> idle = one.idleSince(member.id());
                if (idle.isPresent() && Duration.between(idle.get(), now).compareTo(timing.idle()) > 0) {
                    one.restartIdle(member.id(), now);
                    dispatcher.rescue(one, member);
                }
            }
        }
    }
}
