package io.espalier.relay.spool;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.spool.SpoolException.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Blobs on disk, bounded by the sum of their sizes, found again after a crash. Nothing is synced to disk: after a crash every chunk
 * is proved by its hash before it counts, so a torn write costs that chunk and nothing else.
 *
 * <p>When room is needed, blobs that nobody holds go, those that are in the node's registry first, the longest unused first. Thread
 * {@code relay-spool} proves what earlier runs left when a child asks for it, {@code relay-sweep} deletes. The newest chunks stay in
 * memory too, 4 MiB at most, so that who follows closely reads nothing back; with what children are being sent it is 24 MiB at most.
 * Thread-safe.
 */
public final class Spool implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Spool.class);
    private static final long HASH_BYTES = 64L << 20;
    private static final long CLOSE_S = 5;
    /** So much is freed at once when the disk is full, so that not every chunk has to ask. */
    private static final long AT_ONCE = 16L << 20;
    /** Buffers of a chunk each, 1 MiB at most. */
    private static final int MEMORY = 24;

    private static final int FRESH = 4;

    private final Path folder;
    private final long limitBytes;
    private final HashFiles hashFiles;
    private final ChunkMemory memory = new ChunkMemory(MEMORY, FRESH);
    private final Sweeper sweeper;
    private final Map<String, SpoolEntry> entries = new HashMap<>();
    private final UnwrittenHashes unwritten = new UnwrittenHashes();
    private final List<BlobView> waiting = new ArrayList<>();
    private final ExecutorService checker = Executors.newSingleThreadExecutor(task -> new Thread(task, "relay-spool"));
    private volatile Predicate<String> needed = blob -> false;
    private long used;
    private long clock;
    private boolean closed;

    private Spool(Path folder, long limitBytes) {
        this.folder = folder;
        this.limitBytes = limitBytes;
        this.hashFiles = new HashFiles(folder, HASH_BYTES);
        this.sweeper = new Sweeper(folder);
    }

    /**
     * Opens the spool and finds what earlier runs left.
     *
     * @param limitBytes most that the sizes of its blobs may sum up to
     */
    public static Spool open(Path folder, long limitBytes) throws IOException {
        requireNonNull(folder, "folder is null");
        if (limitBytes < 1) {
            throw new IllegalArgumentException("spool-bytes is " + limitBytes + "; use at least 1.");
        }
        Spool spool = new Spool(folder, limitBytes);
        Files.createDirectories(folder);
        spool.sweeper.sweepLeftovers();
        spool.find();
        return spool;
    }

    /**
     * Spares blobs of earlier runs when the disk is full.
     *
     * @param blobs whether a blob of this digest is needed and not in the node's registry; called by any thread, without a lock
     */
    public void spare(Predicate<String> blobs) {
        needed = requireNonNull(blobs, "blobs is null");
    }

    /**
     * Opens a blob, making room for it if it is new.
     *
     * @throws SpoolException when there is no room; try again later unless it is {@link Code#TOO_LARGE} or {@link Code#UNFIT}
     */
    public synchronized SpooledBlob open(String digest, long size, int chunkBytes) throws SpoolException {
        requireOpen();
        BlobName name = BlobName.fitting(digest, size, chunkBytes);
        SpoolEntry entry = entries.get(digest);
        if (entry != null && !fits(entry, name)) {
            entry = replace(entry, name);
        }
        if (entry == null) {
            entry = create(name);
        }
        hold(entry);
        bindWaiting(entry);
        return new SpooledBlob(this, entry.file);
    }

    /** Opens a blob if it is here, complete or not. */
    public synchronized Optional<SpooledBlob> find(String digest) {
        SpoolEntry entry = closed ? null : entries.get(digest);
        if (entry == null) {
            return Optional.empty();
        }
        hold(entry);
        return Optional.of(new SpooledBlob(this, entry.file));
    }

    /** For a sender: shows the blob, now or as soon as it is opened here. */
    public synchronized BlobView view(String digest, long size, int chunkBytes) throws SpoolException {
        requireOpen();
        BlobView view = new BlobView(this, new BlobName(digest, size, chunkBytes));
        SpoolEntry entry = entries.get(digest);
        if (entry == null || !bind(view, entry)) {
            waiting.add(view);
        }
        return view;
    }

    /**
     * Takes hashes of chunks that follow each other, and keeps them on disk.
     *
     * @return whether chunks that were there are not right by these hashes; they were dropped
     * @throws IllegalArgumentException when they cannot be hashes of a blob's chunks
     * @throws SpoolException when they cannot be written; chunks that wait for them go on all the same
     */
    public boolean hashes(String digest, int chunkBytes, int first, byte[] sha256) throws SpoolException {
        BlobName.requireDigest(digest);
        long end = (long) first + sha256.length / Sha256.BYTES;
        if (sha256.length % Sha256.BYTES != 0 || first < 0 || chunkBytes < 1 || end > ChunkHashes.MAX_CHUNKS) {
            throw new IllegalArgumentException("Hashes of " + sha256.length + " bytes from chunk " + first + " of blob "
                    + digest + " are refused; 32 bytes a chunk and at most " + ChunkHashes.MAX_CHUNKS + " chunks.");
        }
        boolean dropped = take(digest, chunkBytes, first, sha256);
        try {
            FullDisk.write(this::giveWay, () -> hashFiles.write(digest, chunkBytes, first, sha256));
        } catch (IOException e) {
            synchronized (this) {
                unwritten.put(digest, chunkBytes, first, sha256);
            }
            take(digest, chunkBytes, first, sha256);
            throw SpoolException.of("Tried to write hashes of blob " + digest + " into the spool " + folder, e);
        }
        // The blob may have been opened meanwhile, and have read its hashes before these were on disk.
        return take(digest, chunkBytes, first, sha256) || dropped;
    }

    /**
     * The disk is full: deletes blobs that are done with, and returns when their space is free. To be called without a lock.
     *
     * @return whether it is worth to try again
     */
    private boolean giveWay() {
        Set<String> unneeded = unneeded();
        long freed = 0;
        synchronized (this) {
            SpoolEntry victim = closed ? null : SpoolEntry.finished(entries.values(), unneeded);
            while (victim != null && freed < AT_ONCE) {
                // Never nothing, so that an empty blob counts as gone, too.
                freed += Math.max(1, victim.file.storedBytes());
                delete(victim);
                victim = SpoolEntry.finished(entries.values(), unneeded);
            }
        }
        if (freed > 0) {
            log.info(
                    "The disk of the spool {} is full; blobs of {} bytes that are done with were deleted.",
                    folder,
                    freed);
        }
        return sweeper.settle() || freed > 0;
    }

    /** Of what an earlier run left. Who needs blobs has locks of its own, and is asked without this one. */
    private Set<String> unneeded() {
        List<String> left;
        synchronized (this) {
            left = SpoolEntry.left(entries.values());
        }
        return left.stream().filter(needed.negate()).collect(Collectors.toSet());
    }

    private synchronized boolean take(String digest, int chunkBytes, int first, byte[] sha256) {
        SpoolEntry entry = entries.get(digest);
        if (entry == null || entry.file.name().chunkBytes() != chunkBytes) {
            return false;
        }
        BitSet changed = entry.file.hashes().put(first, sha256);
        boolean dropped = changed.intersects(entry.file.have());
        entry.file.drop(changed);
        return dropped;
    }

    /** The sum of the blobs' sizes, also of what has not come of them yet; this is what the limit bounds. */
    public synchronized long usedBytes() {
        return used;
    }

    /** What is on disk of the blobs; a file of an earlier run that is not proved yet counts with its length. */
    public synchronized long storedBytes() {
        return entries.values().stream()
                .mapToLong(entry -> entry.file.storedBytes())
                .sum();
    }

    public long limitBytes() {
        return limitBytes;
    }

    /** Ends all streams and views, closes the files; what is there stays for the next run. Takes 10 s at most. */
    @Override
    public void close() {
        List<SpoolEntry> open;
        List<BlobView> views;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            open = List.copyOf(entries.values());
            views = List.copyOf(waiting);
            waiting.clear();
        }
        checker.shutdownNow();
        open.forEach(entry -> entry.file.end());
        views.forEach(view -> view.fail("The spool is closed."));
        sweeper.close();
        try {
            if (!checker.awaitTermination(CLOSE_S, TimeUnit.SECONDS)) {
                log.warn("The spool's thread has not ended within {} s.", CLOSE_S);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    synchronized void committed(BlobFile file) {
        SpoolEntry entry = entries.get(file.name().digest());
        if (entry != null && entry.file == file) {
            entry.committed = true;
        }
    }

    synchronized void release(BlobFile file) {
        SpoolEntry entry = entries.get(file.name().digest());
        if (entry == null || entry.file != file) {
            return;
        }
        entry.holds--;
        entry.lastUse = ++clock;
        if (entry.holds == 0) {
            file.idle();
            sweeper.touch(file.path());
        }
    }

    synchronized void forget(BlobView view) {
        waiting.remove(view);
    }

    private void hold(SpoolEntry entry) {
        entry.holds++;
        entry.lastUse = ++clock;
    }

    private boolean bind(BlobView view, SpoolEntry entry) {
        if (!view.bind(entry.file)) {
            return false;
        }
        hold(entry);
        if (!entry.file.isChecked()) {
            checkLater(entry.file);
        }
        return true;
    }

    private void bindWaiting(SpoolEntry entry) {
        waiting.removeIf(view -> view.digest().equals(entry.file.name().digest()) && bind(view, entry));
    }

    private void checkLater(BlobFile file) {
        try {
            checker.execute(file::check);
        } catch (RejectedExecutionException e) {
            log.debug(
                    "The spool closes; blob {} is not proved any more.",
                    file.name().digest());
        }
    }

    private boolean fits(SpoolEntry entry, BlobName name) {
        BlobName there = entry.file.name();
        return there.size() == name.size()
                && (there.chunkBytes() == name.chunkBytes() || entry.holds > 0 || entry.file.isComplete());
    }

    /** Another chunk size for a file that nobody holds: its bytes stay and are proved by the other hashes. */
    private SpoolEntry replace(SpoolEntry entry, BlobName name) throws SpoolException {
        if (entry.holds > 0) {
            throw new SpoolException(
                    Code.NO_ROOM,
                    "Blob " + name.digest() + " is in the spool with "
                            + entry.file.name().size() + " bytes and in use, but " + name.size()
                            + " were asked for; one of the two is wrong.");
        }
        if (entry.file.name().size() != name.size()) {
            delete(entry);
            return create(name);
        }
        entry.file.end();
        Path from = entry.file.path();
        try {
            Files.move(from, folder.resolve(name.file()));
        } catch (IOException e) {
            delete(entry);
            return create(name);
        }
        SpoolEntry changed = new SpoolEntry(file(name, false), ++clock);
        entries.put(name.digest(), changed);
        return changed;
    }

    private SpoolEntry create(BlobName name) throws SpoolException {
        if (name.size() > limitBytes) {
            throw SpoolException.tooLarge(name, limitBytes);
        }
        makeRoom(name);
        SpoolEntry entry = new SpoolEntry(file(name, true), ++clock);
        entries.put(name.digest(), entry);
        used += name.size();
        return entry;
    }

    private BlobFile file(BlobName name, boolean checked) {
        ChunkHashes hashes = hashFiles.read(name.digest(), name.chunkBytes(), name.chunks());
        unwritten.addTo(hashes, name);
        return new BlobFile(folder, name, hashes, memory, this::giveWay, checked);
    }

    private void makeRoom(BlobName name) throws SpoolException {
        while (used + name.size() > limitBytes) {
            SpoolEntry victim = SpoolEntry.unheld(entries.values());
            if (victim == null) {
                throw SpoolException.noRoom(name, used, limitBytes);
            }
            delete(victim);
        }
    }

    private void delete(SpoolEntry entry) {
        entries.remove(entry.file.name().digest());
        used -= entry.file.name().size();
        entry.file.end();
        sweeper.delete(entry.file.path());
    }

    private void requireOpen() throws SpoolException {
        if (closed) {
            throw new SpoolException(Code.ENDED, "The spool is closed.");
        }
    }

    private synchronized void find() throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.sorted((a, b) ->
                            Long.compare(a.toFile().lastModified(), b.toFile().lastModified()))
                    .toList();
        }
        for (Path path : files) {
            Optional<BlobName> name = BlobName.parse(String.valueOf(path.getFileName()));
            if (name.isEmpty()) {
                continue;
            }
            SpoolEntry old = entries.get(name.get().digest());
            if (old != null) {
                delete(old);
            }
            entries.put(name.get().digest(), new SpoolEntry(file(name.get(), false), ++clock));
            used += name.get().size();
        }
        while (used > limitBytes) {
            entries.values().stream().reduce((a, b) -> a.goesBefore(b) ? a : b).ifPresent(this::delete);
        }
    }
}
