package io.espalier.embedded.layout;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.util.Objects.requireNonNull;

import io.espalier.files.DurableFiles;
import io.espalier.registry.client.BlobSource;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.name.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The blobs of a layout. A blob's bytes are hashed while they are written, and it gets its name only when they are right and on
 * disk; they are hashed again before they are first given out after a start or a change of the file. Thread-safe.
 */
public final class BlobFiles {
    private static final int BUFFER = 128 * 1024;
    private static final Logger LOG = LoggerFactory.getLogger(BlobFiles.class);

    private final LayoutFolder folder;
    private final Room room;
    private final Clock clock;
    private final Map<Digest, Entry> entries = new ConcurrentHashMap<>();
    private final Map<Digest, Integer> pins = new HashMap<>();

    /** What the last reading of the whole file has shown. */
    private record Verdict(@Nullable FileStamp stamp, boolean intact, Instant at) {}

    private static final class Entry {
        private final long size;
        private volatile @Nullable Verdict verdict;

        Entry(long size, @Nullable Verdict verdict) {
            this.size = size;
            this.verdict = verdict;
        }
    }

    private BlobFiles(LayoutFolder folder, Room room, Clock clock) {
        this.folder = folder;
        this.room = room;
        this.clock = clock;
    }

    /** Finds the blobs of a folder; reads none. */
    public static BlobFiles open(LayoutFolder folder, Room room, Clock clock) throws RegistryException {
        BlobFiles blobs = new BlobFiles(requireNonNull(folder, "folder is null"), room, clock);
        for (Digest.Algorithm algorithm : Digest.Algorithm.values()) {
            blobs.find(algorithm);
        }
        return blobs;
    }

    private void find(Digest.Algorithm algorithm) throws RegistryException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder.blobs(algorithm))) {
            for (Path file : files) {
                try {
                    Digest digest = new Digest(algorithm, file.getFileName().toString());
                    long size = Files.size(file);
                    entries.put(digest, new Entry(size, null));
                    room.add(size);
                } catch (IllegalArgumentException e) {
                    LOG.warn("{} is no blob of this store and is left alone: {}", file, e.getMessage());
                }
            }
        } catch (IOException e) {
            throw DiskFaults.of("list the blobs of " + folder.root(), e);
        }
    }

    /** All that have a file, damaged or not. */
    public Set<Digest> all() {
        return Set.copyOf(entries.keySet());
    }

    public int count() {
        return entries.size();
    }

    /** Its size, -1 if there is no such blob. */
    public long size(Digest digest) {
        Entry entry = entries.get(digest);
        return entry == null ? -1 : entry.size;
    }

    /** The file to read from; see {@link #condition} first. */
    public Path path(Digest digest) {
        return folder.blob(digest);
    }

    /** Those whose last reading was wrong. */
    public List<Digest> damaged() {
        return matching(verdict -> verdict != null && !verdict.intact());
    }

    /** Those that were not read whole since this moment. */
    public List<Digest> unreadSince(Instant moment) {
        return matching(verdict -> verdict == null || verdict.at().isBefore(moment));
    }

    private List<Digest> matching(Predicate<@Nullable Verdict> test) {
        return entries.entrySet().stream()
                .filter(each -> test.test(each.getValue().verdict))
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    /** Asks the file system alone. */
    public BlobCondition condition(Digest digest) throws RegistryException {
        Entry entry = entries.get(digest);
        if (entry == null) {
            return BlobCondition.MISSING;
        }
        Optional<FileStamp> stamp = stamp(digest);
        if (stamp.isEmpty() || stamp.get().size() != entry.size) {
            conclude(digest, entry, stamp, false);
            return BlobCondition.DAMAGED;
        }
        Verdict verdict = entry.verdict;
        if (verdict == null || !stamp.get().equals(verdict.stamp())) {
            return BlobCondition.UNPROVED;
        }
        return verdict.intact() ? BlobCondition.INTACT : BlobCondition.DAMAGED;
    }

    /** Reads the blob unless it is known to be intact; one thread at a time for each blob. */
    public BlobCondition prove(Digest digest) throws RegistryException {
        Entry entry = entries.get(digest);
        if (entry == null) {
            return BlobCondition.MISSING;
        }
        synchronized (entry) {
            BlobCondition condition = condition(digest);
            return condition == BlobCondition.UNPROVED ? read(digest, entry) : condition;
        }
    }

    /** Reads the blob, whatever is known of it. */
    public BlobCondition check(Digest digest) throws RegistryException {
        Entry entry = entries.get(digest);
        if (entry == null) {
            return BlobCondition.MISSING;
        }
        synchronized (entry) {
            return read(digest, entry);
        }
    }

    private BlobCondition read(Digest digest, Entry entry) throws RegistryException {
        Optional<FileStamp> before = stamp(digest);
        boolean right = false;
        if (before.isPresent() && before.get().size() == entry.size) {
            try {
                right = hash(digest).equals(digest);
            } catch (NoSuchFileException e) {
                LOG.debug("Blob {} has gone while it was read.", digest, e);
            } catch (IOException e) {
                throw DiskFaults.of("read blob " + digest, e);
            }
        }
        // A file that has changed meanwhile has another stamp and is read again the next time.
        conclude(digest, entry, before, right);
        return right ? BlobCondition.INTACT : BlobCondition.DAMAGED;
    }

    private Digest hash(Digest digest) throws IOException {
        Digest.Hasher hasher = digest.newHasher();
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
        try (FileChannel channel = FileChannel.open(path(digest))) {
            while (channel.read(buffer) >= 0) {
                hasher.update(buffer.flip());
                buffer.clear();
            }
        }
        return hasher.digest();
    }

    private void conclude(Digest digest, Entry entry, Optional<FileStamp> stamp, boolean intact) {
        Verdict before = entry.verdict;
        entry.verdict = new Verdict(stamp.orElse(null), intact, clock.instant());
        if (!intact && (before == null || before.intact()) && entries.get(digest) == entry) {
            LOG.error(
                    "Blob {} in {} is damaged: its file is gone or does not hash to its digest. It is not given out; push or"
                            + " replicate the image again.",
                    digest,
                    path(digest));
        }
    }

    private Optional<FileStamp> stamp(Digest digest) throws RegistryException {
        try {
            return FileStamp.of(path(digest));
        } catch (IOException e) {
            throw DiskFaults.of("look at blob " + digest, e);
        }
    }

    /**
     * Reads a blob from a source to the disk. To be followed by {@link #commit} or {@link #discard}; until then the blob cannot be
     * removed.
     *
     * @throws RegistryException DIGEST_MISMATCH, SIZE_MISMATCH, SOURCE_FAILED, or that there is no room; nothing is left then
     */
    public StagedBlob stage(Digest digest, long size, BlobSource source) throws RegistryException {
        pin(digest);
        boolean staged = false;
        try {
            StagedBlob blob = isIntact(digest, size) ? compared(digest, size, source) : written(digest, size, source);
            staged = true;
            return blob;
        } finally {
            if (!staged) {
                unpin(digest);
            }
        }
    }

    private boolean isIntact(Digest digest, long size) throws RegistryException {
        return size(digest) == size && condition(digest) == BlobCondition.INTACT;
    }

    private static StagedBlob compared(Digest digest, long size, BlobSource source) throws RegistryException {
        try (CheckedCopy copy = CheckedCopy.of(digest, size, source)) {
            copy.read();
        }
        return new StagedBlob(digest, size, Optional.empty());
    }

    private StagedBlob written(Digest digest, long size, BlobSource source) throws RegistryException {
        room.take(size);
        boolean done = false;
        @Nullable Path file = null;
        try {
            file = Files.createTempFile(folder.uploads(), digest.hex().substring(0, 12) + "-", ".part");
            try (CheckedCopy copy = CheckedCopy.of(digest, size, source)) {
                copy.write(file);
            }
            done = true;
            return new StagedBlob(digest, size, Optional.of(file));
        } catch (IOException e) {
            throw DiskFaults.of("write blob " + digest, e);
        } finally {
            if (!done) {
                room.give(size);
                delete(file);
            }
        }
    }

    /** Makes the blob show; a damaged one of that name is replaced. */
    public void commit(StagedBlob staged) throws RegistryException {
        Digest digest = staged.digest();
        if (staged.file().isEmpty()) {
            unpin(digest);
            return;
        }
        Path file = staged.file().get();
        boolean done = false;
        try {
            Files.move(file, path(digest), ATOMIC_MOVE);
            DurableFiles.forceFolder(folder.blobs(digest.algorithm()));
            Verdict verdict = new Verdict(stamp(digest).orElse(null), true, clock.instant());
            Entry before = entries.put(digest, new Entry(staged.size(), verdict));
            if (before != null) {
                room.give(before.size);
            }
            done = true;
        } catch (IOException e) {
            throw DiskFaults.of("store blob " + digest, e);
        } finally {
            unpin(digest);
            if (!done) {
                delete(file);
                room.give(staged.size());
            }
        }
    }

    /** Forgets what was staged. */
    public void discard(StagedBlob staged) {
        if (staged.file().isPresent()) {
            delete(staged.file().get());
            room.give(staged.size());
        }
        unpin(staged.digest());
    }

    /** Deletes a blob that nobody is just putting; answers the bytes that are free now. */
    public long remove(Digest digest) throws RegistryException {
        synchronized (pins) {
            Entry entry = entries.get(digest);
            if (entry == null || pins.containsKey(digest)) {
                return 0;
            }
            try {
                Files.deleteIfExists(path(digest));
            } catch (IOException e) {
                throw DiskFaults.of("delete blob " + digest, e);
            }
            entries.remove(digest);
            room.give(entry.size);
            return entry.size;
        }
    }

    private void pin(Digest digest) {
        synchronized (pins) {
            pins.merge(digest, 1, Integer::sum);
        }
    }

    private void unpin(Digest digest) {
        synchronized (pins) {
            pins.computeIfPresent(digest, (key, count) -> count == 1 ? null : count - 1);
        }
    }

    private static void delete(@Nullable Path file) {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            LOG.warn("The upload {} could not be deleted; it is tried again at the next start.", file, e);
        }
    }

    /** Reads bytes of an intact blob. */
    public InputStream open(Digest digest, long from, long to) throws RegistryException {
        try {
            return new FileRange(FileChannel.open(path(digest)), from, to);
        } catch (IOException e) {
            throw DiskFaults.of("read blob " + digest, e);
        }
    }
}
