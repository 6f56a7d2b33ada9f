package io.espalier.replication.measure;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.MeasureMode;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.NodeMessage;
import io.espalier.replication.member.Member;
import io.espalier.replication.member.MemberListener;
import io.espalier.replication.member.Members;
import io.espalier.replication.store.MeasurementStore;
import io.espalier.replication.store.MeasurementStore.MeasurementRow;
import io.espalier.replication.store.MeasurementStore.RateRow;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the nodes measure each other, and keeps what they find: at the operator's word, when a node joins (its own pairs), from time
 * to time, and for edges of a plan that nobody has measured. Real transfers tell rates by themselves.
 *
 * <p>One measurement runs at a time, on a thread of its own; the calls of {@link MemberListener} only store what they hear.
 * Thread-safe.
 */
public final class Measurements implements MemberListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Measurements.class);
    private static final long SAVE_NANOS = Duration.ofSeconds(5).toNanos();
    /** Measurements of a node that comes back are used again when they are not older. */
    private static final Duration FRESH = Duration.ofHours(12);

    private final MeasureSettings settings;
    private final Members members;
    private final Clock clock;
    private final Samples samples;
    private final Rates rates;
    private final PendingOrders pending = new PendingOrders();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final Joiners joiners;
    private final MeasureQueue queue;
    private final AtomicLong ratesSaved = new AtomicLong(System.nanoTime());
    private final AtomicLong runs = new AtomicLong();
    private volatile @Nullable MeasureRun running;
    private volatile Optional<MeasureReport> last = Optional.empty();

    private Measurements(MeasureSettings settings, Members members, MeasurementStore store, Clock clock) {
        this.settings = requireNonNull(settings, "settings is null");
        this.members = requireNonNull(members, "members is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.samples = new Samples(store);
        this.rates = new Rates(store);
        this.joiners = new Joiners(members, samples, clock, FRESH);
        this.queue = new MeasureQueue(settings.joinDelay());
    }

    /** Reads what is known, listens to the members from now on, and measures when it is time to. */
    public static Measurements start(MeasureSettings settings, Members members, MeasurementStore store, Clock clock) {
        Measurements measurements = new Measurements(settings, members, store, clock);
        members.listen(measurements);
        measurements.queue.every(settings.every(), () -> measurements.make(measurements.preview(MeasureMode.PING, 0)));
        return measurements;
    }

    /**
     * What a measurement of all connected nodes would do; sends nothing.
     *
     * @param copyBytes of one copy; 0 for the configured size
     */
    public MeasurePlan preview(MeasureMode mode, long copyBytes) {
        List<NodeId> connected = connected();
        return mode == MeasureMode.COPY
                ? MeasurePlans.copies(
                        connected, copyBytes == 0 ? settings.copyBytes() : copyBytes, settings.copyLimitBytes())
                : MeasurePlans.requests(mode, connected, connected);
    }

    /**
     * Measures as soon as earlier measurements are done.
     *
     * @return what was found; it is cancelled when this is closed before
     * @throws IllegalStateException with a sentence when too many wait already
     */
    public CompletableFuture<MeasureReport> measure(MeasurePlan plan) {
        return queue.submit(() -> make(plan));
    }

    /** Measures these pairs by ping soon, unless that was tried lately. */
    public void verify(Map<NodeId, ? extends List<NodeId>> pairs) {
        Map<NodeId, List<NodeId>> wanted = joiners.untried(pairs);
        if (!wanted.isEmpty()) {
            queue.soon(() -> make(MeasurePlans.pairs(MeasureMode.PING, wanted)));
        }
    }

    /** What is known now. */
    public Estimates estimates() {
        return new Estimates(
                samples.all(), rates.all(), settings.defaultBytesPerSecond(), settings.linkBytesPerSecond());
    }

    /** The newest measurement of each pair and mode. */
    public List<MeasurementRow> measured() {
        return samples.all();
    }

    /** The smoothed rates of real transfers. */
    public List<RateRow> rates() {
        return rates.all();
    }

    /** The measurement under way, else the last one since the start. */
    public Optional<MeasureReport> latest() {
        MeasureRun now = running;
        return now == null ? last : Optional.of(now.report(Optional.empty()));
    }

    /** Stores what could not be stored while the database was away. */
    public void saveAgain() {
        samples.save();
        rates.save();
    }

    /** Calls this after every measurement, and at times while transfers tell rates; the call must not block for long. */
    public void whenChanged(Runnable listener) {
        listeners.add(requireNonNull(listener, "listener is null"));
    }

    @Override
    public void connected(Member member, NodeMessage.Hello hello) {
        if (joiners.add(member)) {
            queue.afterJoin(() -> make(joiners.plan(connected())));
        }
    }

    @Override
    public void received(Member member, NodeMessage message) {
        if (message instanceof NodeMessage.Measured answer) {
            pending.answered(answer.measurement(), member.id(), order -> take(order, answer));
        } else if (message instanceof NodeMessage.Observed seen
                && members.find(seen.parent()).isPresent()) {
            Instant now = clock.instant();
            if (rates.observe(seen.parent(), member.id(), seen.bytes(), seen.bytesPerSecond(), now)) {
                saveRatesSometimes();
            }
        }
    }

    private void take(MeasureOrder order, NodeMessage.Measured answer) {
        MeasureRun run = running;
        boolean ofThisRun = run != null && run.owns(answer.measurement());
        List<MeasurementRow> rows = Answers.rows(order, answer, clock.instant(), sentence -> {
            if (run != null && ofThisRun) {
                run.problem(sentence);
            }
        });
        samples.add(rows);
        if (run != null && ofThisRun) {
            run.counted(rows.size());
        }
    }

    private void saveRatesSometimes() {
        long before = ratesSaved.get();
        long now = System.nanoTime();
        if (now - before > SAVE_NANOS && ratesSaved.compareAndSet(before, now)) {
            rates.save();
            listeners.forEach(Runnable::run);
        }
    }

    @Override
    public void away(Member member) {
        pending.gone(member.id());
    }

    @Override
    public void removed(Member member) {
        pending.gone(member.id());
        joiners.forget(member.id());
        samples.forget(member.id());
        rates.forget(member.id());
        listeners.forEach(Runnable::run);
    }

    private MeasureReport make(MeasurePlan plan) {
        MeasureRun run = new MeasureRun(
                "m" + clock.millis() + "." + runs.incrementAndGet(),
                plan,
                members,
                settings,
                pending,
                queue::isClosed,
                clock);
        if (plan.pairs() == 0) {
            return run.finished();
        }
        LOG.info("{}", plan.sentence());
        running = run;
        try {
            run.run(samples::save);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            running = null;
        }
        MeasureReport report = run.finished();
        last = Optional.of(report);
        LOG.info("{}", report.sentence());
        listeners.forEach(Runnable::run);
        return report;
    }

    private List<NodeId> connected() {
        List<NodeId> connected = new ArrayList<>();
        for (Member member : members.all()) {
            if (member.connected()) {
                connected.add(member.id());
            }
        }
        return connected;
    }

    /** Ends the measurement under way and its thread within 5 s, and keeps what was found. */
    @Override
    public void close() {
        queue.close(pending::wake);
        samples.save();
        rates.save();
    }
}
