package io.espalier.file.terminal;

import static java.util.Objects.requireNonNull;

import io.espalier.file.input.RecordSource;
import io.espalier.file.latency.LatencyTotal;
import io.espalier.file.writer.PublishRequest;
import io.espalier.file.writer.StreamWriter;
import io.espalier.file.writer.WriterSettings;
import io.espalier.stream.catalog.StreamDirectory;
import io.espalier.stream.stage.StreamCounts;
import io.espalier.stream.stage.StreamCounts.Measure;
import io.espalier.stream.stage.StreamStage;
import io.espalier.stream.stage.WrittenFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes every stream of the catalog that has {@code file} among its terminals, each with a {@link StreamWriter} of its own.
 *
 * <p>A thread looks at the catalog once a second. It also takes the folder for this terminal and waits while another one has
 * it. Safe for use by many threads.
 */
public final class FileTerminal implements StreamStage, WrittenFiles {
    private static final Logger LOG = LoggerFactory.getLogger(FileTerminal.class);
    private static final long LOOK_MILLIS = 1000;

    private final Path folder;
    private final LatencyTotal total = new LatencyTotal();
    private final WriterSet writers;
    private final Thread thread;
    private final CountDownLatch closing = new CountDownLatch(1);
    private @Nullable FolderLock held;
    private String complaint = "";

    /**
     * A terminal that has yet to be started.
     *
     * @param folder where the streams' folders are
     * @param maxStreams streams beyond this number are not written, with a warning
     * @param contextLoader the context class loader that the sources' code needs on the threads that call it
     */
    public FileTerminal(
            Path folder,
            WriterSettings settings,
            int maxStreams,
            StreamDirectory directory,
            RecordSource.Factory sources,
            ClassLoader contextLoader) {
        this.folder = requireNonNull(folder, "folder is null").toAbsolutePath();
        writers = new WriterSet(
                directory,
                maxStreams,
                definition -> new StreamWriter(
                        definition,
                        this.folder.resolve(definition.id().toString()),
                        settings,
                        sources,
                        total,
                        contextLoader));
        thread = new Thread(this::run, "file-terminal");
        thread.setDaemon(true);
    }

    /** Returns at once; the work begins on other threads. */
    public void start() {
        thread.start();
    }

    private void run() {
        try {
            do {
                look();
            } while (!closing.await(LOOK_MILLIS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Follows the catalog, once the folder is ours. */
    private synchronized boolean look() {
        if (closing.getCount() == 0 || !takeFolder()) {
            return false;
        }
        try {
            return writers.follow();
        } catch (RuntimeException e) {
            complainOnce("Tried to read the list of streams but failed with " + e + "; trying again every second.");
            return false;
        }
    }

    private boolean takeFolder() {
        if (held != null) {
            return true;
        }
        try {
            held = FolderLock.tryTake(folder);
            if (held == null) {
                complainOnce("Another file terminal has the folder " + folder + "; waiting for it to end.");
            } else {
                complaint = "";
            }
        } catch (IOException e) {
            complainOnce("Tried to use " + folder + " for files but failed with " + e + "; trying again every second.");
        }
        return held != null;
    }

    private void complainOnce(String sentence) {
        if (!sentence.equals(complaint)) {
            complaint = sentence;
            LOG.warn("{}", sentence);
        }
    }

    @Override
    public boolean publishAll(Duration limit) throws IOException {
        long deadline = System.nanoTime() + limit.toNanos();
        boolean complete = look();
        List<PublishRequest> wishes = new ArrayList<>();
        for (StreamWriter writer : writers.all()) {
            wishes.add(writer.publish());
        }
        try {
            for (PublishRequest wish : wishes) {
                complete &= wish.await(deadline - System.nanoTime());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        return complete;
    }

    @Override
    public OptionalLong latencyMillis(double percentile) {
        return total.percentile(percentile);
    }

    @Override
    public Path folder() {
        return folder;
    }

    @Override
    public String name() {
        return "file";
    }

    @Override
    public List<StreamCounts> counts() {
        return writers.all().stream().map(FileTerminal::counts).toList();
    }

    private static StreamCounts counts(StreamWriter writer) {
        Map<Measure, Long> counts = new EnumMap<>(Measure.class);
        counts.put(Measure.WRITTEN, writer.written());
        writer.status().lag().ifPresent(lag -> counts.put(Measure.LAG, lag));
        writer.latencyP99().ifPresent(millis -> counts.put(Measure.LATENCY_P99_MILLIS, millis));
        return new StreamCounts(writer.definition().id(), counts);
    }

    /** All writers in the order of their streams. */
    public List<StreamWriter> writers() {
        return writers.all();
    }

    /**
     * Publishes what is written and ends all threads. Threads that have not ended by three quarters of the limit are
     * interrupted; one that has not ended by the limit is left, with a warning that shows where it stands.
     */
    public void close(Duration limit) throws InterruptedException {
        long started = System.nanoTime();
        closing.countDown();
        writers.stopAll();
        boolean ended = writers.awaitEnd(started + limit.toNanos() * 3 / 4);
        if (!ended) {
            writers.interruptAll();
            ended = writers.awaitEnd(started + limit.toNanos());
        }
        thread.join(Math.max(1, limit.toMillis()));
        if (ended) {
            freeFolder();
        } else {
            writers.reportStuck();
        }
    }

    private synchronized void freeFolder() {
        FolderLock lock = held;
        if (lock != null) {
            try {
                lock.close();
            } catch (IOException e) {
                LOG.debug("The lock of {} was not closed; the system frees it when the process ends.", folder, e);
            }
        }
    }
}
