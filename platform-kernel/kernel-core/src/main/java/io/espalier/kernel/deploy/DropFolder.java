package io.espalier.kernel.deploy;

import static java.util.Objects.requireNonNull;

import io.espalier.kernel.plugin.PluginEvents;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches a folder: a jar that is completely written is handed over, one that is replaced is handed over again, one that is
 * deleted is removed, one that cannot be used gets the reason into {@code x.jar.refused} beside it.
 *
 * <p>One thread, {@code drop-folder}, does all of it; {@link #close} ends it. A folder that is missing is created; one that
 * cannot be read is reported once and looked at again with each rescan.
 */
public final class DropFolder implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DropFolder.class);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

    private final Path folder;
    private final Timing timing;
    private final DropTarget target;
    private final RefusalNotes notes;
    private final Map<Path, WatchedJar> jars = new TreeMap<>();
    private final Thread thread = new Thread(null, this::watch, "drop-folder", 0, false);
    private volatile boolean closed;
    private volatile boolean lookedThrough;
    private volatile @Nullable WatchService service;
    private String trouble = "";
    private long nextScan = System.nanoTime();

    /**
     * How long to wait.
     *
     * @param settle a jar that was seen incomplete is taken when it did not change for so long
     * @param patience a jar that did not change for so long and still cannot be used is refused
     * @param rescan the whole folder is read anew so often, in case the system reports no changes
     */
    public record Timing(Duration settle, Duration patience, Duration rescan) {
        public Timing {
            if (settle.isNegative() || patience.compareTo(settle) < 0 || rescan.toMillis() < 1) {
                throw new IllegalArgumentException("Drop folder times settle=" + settle + " patience=" + patience
                        + " rescan=" + rescan + " do not fit: 0 <= settle <= patience, rescan above zero.");
            }
        }

        /** Settles in 300 ms, refuses after 1 s, reads the folder anew every 2 s. */
        public static Timing standard() {
            return new Timing(Duration.ofMillis(300), Duration.ofSeconds(1), Duration.ofSeconds(2));
        }
    }

    /**
     * Prepares the watch; nothing runs before {@link #start}.
     *
     * @param events hears of each jar that is refused, on the drop folder's thread
     */
    public DropFolder(Path folder, Timing timing, DropTarget target, PluginEvents events) {
        this.folder = requireNonNull(folder, "folder is null");
        this.timing = requireNonNull(timing, "timing is null");
        this.target = requireNonNull(target, "target is null");
        this.notes = new RefusalNotes(requireNonNull(events, "events is null"));
        thread.setDaemon(true);
        thread.setContextClassLoader(DropFolder.class.getClassLoader());
    }

    /** Begins to watch; what lies in the folder already is picked up too. */
    public void start() {
        thread.start();
    }

    /** Whether the folder was looked through at least once since {@link #start}. */
    public boolean lookedThrough() {
        return lookedThrough;
    }

    /** The jars that are refused now, each with the sentence that its note holds; safe for use by many threads. */
    public Map<Path, String> refused() {
        return notes.now();
    }

    /** Ends the thread; what was installed stays installed. */
    @Override
    public void close() {
        closed = true;
        closeService();
        thread.interrupt();
        try {
            thread.join(CLOSE_LIMIT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            LOG.warn("The drop folder's thread did not end within {}.", CLOSE_LIMIT);
        }
    }

    private void watch() {
        while (!closed) {
            try {
                pass(await());
                lookedThrough = true;
            } catch (InterruptedException | ClosedWatchServiceException ended) {
                closeService();
            } catch (RuntimeException | Error e) {
                LOG.error(
                        "A look at the drop folder {} failed inside the kernel; it goes on with the next.", folder, e);
            }
        }
        closeService();
    }

    /** Waits for a change or for the next thing that is due; returns the files that changed. */
    private Set<Path> await() throws InterruptedException {
        long wait = nextScan - System.nanoTime();
        for (WatchedJar jar : jars.values()) {
            wait = Math.min(wait, jar.dueIn(System.nanoTime()));
        }
        long millis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(Math.max(0, wait)) + 1);
        WatchService watching = service;
        if (watching == null) {
            if (wait > 0) {
                TimeUnit.MILLISECONDS.sleep(millis);
            }
            return Set.of();
        }
        WatchKey key = wait <= 0 ? watching.poll() : watching.poll(millis, TimeUnit.MILLISECONDS);
        return key == null ? Set.of() : changed(key);
    }

    private Set<Path> changed(WatchKey key) {
        var files = new HashSet<Path>();
        for (WatchEvent<?> event : key.pollEvents()) {
            if (event.context() instanceof Path name) {
                files.add(folder.resolve(name));
            } else {
                nextScan = System.nanoTime();
            }
        }
        if (!key.reset()) {
            closeService();
            nextScan = System.nanoTime();
        }
        return files;
    }

    private void pass(Set<Path> changed) {
        changed.stream().filter(DropFolder::isJar).forEach(file -> jar(file).touched());
        if (nextScan - System.nanoTime() <= 0) {
            scan();
            nextScan = System.nanoTime() + timing.rescan().toNanos();
        }
        // Deleted ones first: the file that takes their place may carry the same plug-in.
        boolean removed = false;
        for (WatchedJar jar : Set.copyOf(jars.values())) {
            removed |= jar.settleOutcome();
            jar.noticeDeletion();
        }
        for (WatchedJar jar : Set.copyOf(jars.values())) {
            if (removed) {
                jar.offerAgain();
            }
            jar.look();
        }
        jars.values().removeIf(WatchedJar::isGone);
    }

    private void scan() {
        try {
            Files.createDirectories(folder);
            if (service == null) {
                service = folder.getFileSystem().newWatchService();
                folder.register(
                        service,
                        StandardWatchEventKinds.ENTRY_CREATE,
                        StandardWatchEventKinds.ENTRY_MODIFY,
                        StandardWatchEventKinds.ENTRY_DELETE);
            }
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, DropFolder::isJar)) {
                files.forEach(this::jar);
            }
            notes.tidy(folder);
            trouble = "";
        } catch (IOException | RuntimeException e) {
            closeService();
            report(e);
        }
    }

    private void report(Exception e) {
        String reason = e instanceof NotDirectoryException ? "it is no folder" : e.toString();
        if (!reason.equals(trouble)) {
            trouble = reason;
            LOG.warn(
                    "Tried to watch the drop folder {} but failed: {}. Make it a folder that this program may read and"
                            + " write; it is looked at again every {}.",
                    folder,
                    reason,
                    timing.rescan());
        }
    }

    private WatchedJar jar(Path file) {
        return jars.computeIfAbsent(file, fresh -> new WatchedJar(fresh, timing, target, notes));
    }

    private void closeService() {
        WatchService watching = service;
        service = null;
        if (watching != null) {
            try {
                watching.close();
            } catch (IOException e) {
                LOG.debug("The watch service did not close.", e);
            }
        }
    }

    /** Hidden names are those of copies under way. */
    private static boolean isJar(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(".jar") && !name.startsWith(".");
    }
}
