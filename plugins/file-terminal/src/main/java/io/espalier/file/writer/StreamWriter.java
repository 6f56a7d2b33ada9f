package io.espalier.file.writer;

import static java.util.Objects.requireNonNull;

import io.espalier.file.input.InputException;
import io.espalier.file.input.RecordSource;
import io.espalier.file.latency.LatencyTotal;
import io.espalier.file.latency.LatencyWindow;
import io.espalier.file.roll.PartFolder;
import io.espalier.file.writer.WriterStatus.State;
import io.espalier.stream.catalog.StreamDefinition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one stream with a thread of its own, so that whatever holds it up holds up no other stream.
 *
 * <p>It works in rounds. A round begins with what the names of the visible files say and ends with a failure, a change of the
 * topic's partitions, or the stop. No position is kept anywhere else, so each record is in exactly one visible file whatever
 * happens in between. After a failure the next round begins after a pause.
 *
 * <p>Methods are safe for use by many threads and do not wait.
 */
public final class StreamWriter {
    private static final Logger LOG = LoggerFactory.getLogger(StreamWriter.class);
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final long PARTITION_CHECK_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long TRIAL_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final Duration POLL_WHILE_ASKED = Duration.ofMillis(200);

    private final Path folder;
    private final WriterSettings settings;
    private final RecordSource.Factory sources;
    private final WriterCounters counters = new WriterCounters();
    private final LatencyWindow latency;
    private final Clock clock = Clock.systemUTC();
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private final List<PublishRequest> wishes = new ArrayList<>();
    private volatile StreamDefinition definition;
    private volatile WriterStatus status = new WriterStatus(State.STARTING, "", List.of());
    private volatile @Nullable RecordSource source;
    private volatile boolean stopping;

    /** A writer that has yet to be started; its thread's context class loader will be {@code contextLoader}. */
    public StreamWriter(
            StreamDefinition definition,
            Path folder,
            WriterSettings settings,
            RecordSource.Factory sources,
            LatencyTotal total,
            ClassLoader contextLoader) {
        this.definition = requireNonNull(definition, "definition is null");
        this.folder = requireNonNull(folder, "folder is null");
        this.settings = requireNonNull(settings, "settings is null");
        this.sources = requireNonNull(sources, "sources is null");
        latency = new LatencyWindow(total, System::nanoTime);
        thread = new Thread(this::run, "file-terminal " + definition.id());
        thread.setDaemon(true);
        thread.setContextClassLoader(contextLoader);
    }

    public void start() {
        thread.start();
    }

    private void run() {
        int failures = 0;
        while (!stopping) {
            Outcome outcome = round();
            if (outcome.wrote()) {
                failures = 0;
            }
            if (!outcome.reason().isEmpty() && !stopping) {
                pause(outcome, failures++);
            }
        }
        status = new WriterStatus(State.STOPPED, "", status.partitions());
        refuseWishes();
    }

    /** How a round ended; the reason is empty when nothing failed. */
    private record Outcome(State state, String reason, boolean wrote) {}

    private Outcome round() {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        boolean[] wrote = new boolean[1];
        StreamDefinition now = definition;
        try (RecordSource opened = sources.open(now.id().toString(), now.topic())) {
            source = opened;
            if (stopping) {
                return new Outcome(State.STOPPED, "", false);
            }
            var round = new WritingRound(now.id().toString(), now.topic(), PartFolder.open(folder), opened, settings);
            write(round, buffer, wrote);
            return new Outcome(State.STARTING, "", wrote[0]);
        } catch (IOException e) {
            return new Outcome(State.NO_OUTPUT, noOutput(e), wrote[0]);
        } catch (InputException e) {
            return new Outcome(State.NO_INPUT, String.valueOf(e.getMessage()), wrote[0]);
        } catch (RuntimeException | Error e) {
            // Whatever it was, the stream is tried again: a thread that ends in silence would lose its stream.
            LOG.error("Stream {} failed unexpectedly.", now.id(), e);
            return new Outcome(
                    State.NO_INPUT, "Tried to write stream " + now.id() + " but failed with " + e + ".", wrote[0]);
        } finally {
            source = null;
        }
    }

    private String noOutput(IOException e) {
        return "Tried to write the files of stream " + definition.id() + " in " + folder + " but failed with "
                + e.getClass().getSimpleName() + " (" + e.getMessage()
                + "); free space or make the folder writable. Its records wait in Kafka.";
    }

    private void write(WritingRound round, ByteBuffer buffer, boolean[] wrote) throws IOException, InputException {
        try {
            round.begin(counters, latency, buffer, clock);
            status = new WriterStatus(status.state(), status.reason(), round.status());
            loop(round, wrote);
            round.publishAll();
        } catch (IOException | InputException | RuntimeException | Error e) {
            round.salvage();
            throw e;
        }
    }

    private void loop(WritingRound round, boolean[] wrote) throws IOException, InputException {
        long began = System.nanoTime();
        long checked = began;
        // A full disk may still take a few lines, so after a failure a round proves itself by lasting.
        long trial = status.state() == State.STARTING ? 0 : TRIAL_NANOS;
        long seenWritten = counters.written();
        var asked = new AskedPublishing(round);
        while (!stopping) {
            asked.serve(takeWishes());
            // A wish that has come since may have poked the source in vain, so it must not meet a long poll.
            round.step(wished() ? POLL_WHILE_ASKED : settings.idlePoll());
            wrote[0] |= caughtUp(round) || (counters.written() > seenWritten && System.nanoTime() - began > trial);
            if (wrote[0]) {
                working(round);
            }
            if (System.nanoTime() - checked > PARTITION_CHECK_NANOS) {
                checked = System.nanoTime();
                if (round.partitionsChanged()) {
                    return;
                }
            }
        }
    }

    private static boolean caughtUp(WritingRound round) {
        return round.status().stream().allMatch(p -> p.lag() == 0);
    }

    private void working(WritingRound round) {
        if (status.state() != State.WRITING) {
            LOG.info("Stream {} is written to {}.", definition.id(), folder);
        }
        status = new WriterStatus(State.WRITING, "", round.status());
    }

    private void pause(Outcome outcome, int failures) {
        if (status.state() != outcome.state()) {
            LOG.warn("{}", outcome.reason());
        }
        status = new WriterStatus(outcome.state(), outcome.reason(), status.partitions());
        long nanos = Math.min(
                settings.longestRetry().toNanos(), settings.firstRetry().toNanos() << Math.min(failures, 20));
        lock.lock();
        try {
            int known = wishes.size();
            while (!stopping && wishes.size() <= known && nanos > 0) {
                nanos = news.awaitNanos(nanos);
            }
        } catch (InterruptedException e) {
            stopping = true;
        } finally {
            lock.unlock();
        }
    }

    private List<PublishRequest> takeWishes() {
        lock.lock();
        try {
            wishes.removeIf(PublishRequest::settled);
            return List.copyOf(wishes);
        } finally {
            lock.unlock();
        }
    }

    private boolean wished() {
        return !takeWishes().isEmpty();
    }

    private void refuseWishes() {
        takeWishes().forEach(PublishRequest::refused);
    }

    /** Asks for all records that are in the topic now to be made visible. */
    public PublishRequest publish() {
        var wish = new PublishRequest();
        lock.lock();
        try {
            wishes.removeIf(PublishRequest::settled);
            wishes.add(wish);
            news.signalAll();
        } finally {
            lock.unlock();
        }
        RecordSource open = source;
        if (open != null) {
            open.wakeup();
        }
        if (status.state() == State.STOPPED) {
            wish.refused();
        }
        return wish;
    }

    /** Takes a newer definition. Partitions that were added are found within half a minute. */
    public void update(StreamDefinition newer) {
        definition = requireNonNull(newer, "newer is null");
    }

    /** Tells the thread to publish what is written and to end. */
    public void stop() {
        lock.lock();
        try {
            stopping = true;
            news.signalAll();
        } finally {
            lock.unlock();
        }
        RecordSource open = source;
        if (open != null) {
            open.stop();
        }
    }

    /** Interrupts the thread, for when {@link #stop} does not help. */
    public void interrupt() {
        thread.interrupt();
    }

    /** Waits for the thread to end. */
    public boolean awaitEnd(long nanos) throws InterruptedException {
        thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos)));
        return ended();
    }

    /** Whether the thread runs no more. */
    public boolean ended() {
        return thread.getState() == Thread.State.TERMINATED;
    }

    /** Where the thread is now, for a report about one that does not end. */
    public StackTraceElement[] stack() {
        return thread.getStackTrace();
    }

    public StreamDefinition definition() {
        return definition;
    }

    public WriterStatus status() {
        return status;
    }

    /** Records written since the writer was created, those in flight included. */
    public long written() {
        return counters.written();
    }

    /** Written records that lack a part of their identity. */
    public long foreign() {
        return counters.foreign();
    }

    /** The 99th percentile in milliseconds over the last 30 to 60 seconds. */
    public OptionalLong latencyP99() {
        return latency.p99();
    }
}
