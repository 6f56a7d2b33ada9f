package io.espalier.relay.spool;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.espalier.relay.spool.SpoolException.Code;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A blob's sparse file and which chunks of it are proved. Thread-safe; its own lock is never held during I/O. */
final class BlobFile {
    /** So much goes from the heap to the file or back at once; the JDK keeps one buffer for each thread for that, but none of a whole chunk. */
    private static final int PIECE_BYTES = 128 << 10;

    private final Path folder;
    private final BlobName name;
    private final ChunkHashes hashes;
    private final ChunkMemory memory;
    private final BooleanSupplier whenFull;
    private final BitSet have = new BitSet();
    private final BitSet writing = new BitSet();
    private final List<Runnable> wakes = new CopyOnWriteArrayList<>();
    private final Object checking = new Object();
    private @Nullable FileChannel channel;
    private boolean ended;
    private volatile boolean checked;

    /**
     * @param whenFull frees space on a disk that is full; answers whether it is worth to try again
     * @param checked false for a file of an earlier run, whose chunks are proved before they count
     */
    BlobFile(
            Path folder,
            BlobName name,
            ChunkHashes hashes,
            ChunkMemory memory,
            BooleanSupplier whenFull,
            boolean checked) {
        this.folder = folder;
        this.name = name;
        this.hashes = hashes;
        this.memory = memory;
        this.whenFull = whenFull;
        this.checked = checked;
    }

    BlobName name() {
        return name;
    }

    ChunkHashes hashes() {
        return hashes;
    }

    boolean isChecked() {
        return checked;
    }

    Offer offer(int index, ByteBuffer data, long hashWaitNanos) throws SpoolException, InterruptedException {
        if (index < 0 || index >= name.chunks() || data.remaining() != name.length(index)) {
            return Offer.WRONG;
        }
        if (has(index)) {
            return Offer.DUPLICATE;
        }
        byte[] expected = hashes.await(index, hashWaitNanos);
        if (expected == null) {
            return Offer.NO_HASH;
        }
        if (!Arrays.equals(expected, Sha256.of(data))) {
            return Offer.WRONG;
        }
        return store(index, data) ? Offer.STORED : Offer.DUPLICATE;
    }

    /** Writes without asking for a hash; the caller has proved the chunk, or proves the whole before it marks it. */
    boolean store(int index, ByteBuffer data) throws SpoolException {
        synchronized (this) {
            if (have.get(index) || writing.get(index)) {
                return false;
            }
            writing.set(index);
        }
        boolean written = false;
        try {
            FullDisk.write(whenFull, () -> keep(index, data));
            written = true;
        } catch (IOException e) {
            throw SpoolException.of(
                    "Tried to write chunk " + index + " of blob " + name.digest() + " into the spool " + folder, e);
        } finally {
            settle(index, written);
        }
        wakes.forEach(Runnable::run);
        return true;
    }

    /** Writes it; from the copy that stays in memory if there is room for one. */
    private void keep(int index, ByteBuffer data) throws IOException {
        try (ChunkMemory.Slot fresh = memory.forFresh(data.remaining())) {
            if (fresh == null) {
                write(name.start(index), data.duplicate());
                return;
            }
            ByteBuffer copy = fresh.bytes().put(data.duplicate()).flip();
            write(name.start(index), copy);
            memory.share(fresh, this, index);
        }
    }

    private synchronized void settle(int index, boolean written) {
        writing.clear(index);
        if (written) {
            have.set(index);
            notifyAll();
        }
    }

    synchronized BitSet have() {
        return (BitSet) have.clone();
    }

    synchronized boolean has(int index) {
        return have.get(index);
    }

    /** What is on disk of it; the file's length while an earlier run's chunks are not proved. */
    long storedBytes() {
        if (!checked) {
            return Math.min(name.size(), path().toFile().length());
        }
        synchronized (this) {
            int last = name.chunks() - 1;
            long full = (long) have.cardinality() * name.chunkBytes();
            return last >= 0 && have.get(last) ? full - name.chunkBytes() + name.length(last) : full;
        }
    }

    synchronized boolean isComplete() {
        return have.cardinality() == name.chunks();
    }

    /** Whether all chunks that lie in this range of bytes are there. */
    synchronized boolean hasRange(long from, long to) {
        int first = (int) (from / name.chunkBytes());
        int end = (int) ((to + name.chunkBytes() - 1) / name.chunkBytes());
        return have.nextClearBit(first) >= end;
    }

    synchronized int next(BitSet sent) {
        int index = have.nextSetBit(0);
        while (index >= 0 && sent.get(index)) {
            index = have.nextSetBit(sent.nextClearBit(index));
        }
        return index;
    }

    synchronized void drop(int index) {
        have.clear(index);
        memory.drop(this, index);
    }

    synchronized void drop(BitSet wrong) {
        have.andNot(wrong);
        wrong.stream().forEach(index -> memory.drop(this, index));
    }

    void onMore(Runnable wake) {
        wakes.add(wake);
    }

    void offMore(Runnable wake) {
        wakes.remove(wake);
    }

    /** Waits for a chunk; false when the condition or the file's end came first. */
    synchronized boolean await(int index, BooleanSupplier given) throws InterruptedException {
        while (!have.get(index) && !ended && !given.getAsBoolean()) {
            wait();
        }
        return have.get(index) && !ended && !given.getAsBoolean();
    }

    synchronized void wakeAll() {
        notifyAll();
    }

    /** Takes hold of a chunk that is in memory; else null. */
    ChunkMemory.@Nullable Slot inMemory(int index) {
        return memory.find(this, index);
    }

    /** A place for a chunk, or null; see {@link ChunkMemory#forReading}. */
    ChunkMemory.@Nullable Slot room(int bytes, boolean first, Runnable wake) {
        return memory.forReading(bytes, first, wake);
    }

    /** Reads a part of a chunk until the buffer is full, from memory if it is there. */
    void read(int index, int offset, ByteBuffer into) throws SpoolException {
        try (ChunkMemory.Slot fresh = inMemory(index)) {
            if (fresh == null) {
                read(name.start(index) + offset, into);
            } else {
                into.put(fresh.bytes().position(offset).limit(offset + into.remaining()));
            }
        }
    }

    /** Reads from disk until the buffer is full; throws when the file is shorter. */
    void read(long position, ByteBuffer into) throws SpoolException {
        try {
            long at = position;
            while (into.hasRemaining()) {
                int count = readOnce(at, into);
                if (count < 0) {
                    throw new IOException("the file ends at " + at);
                }
                at += count;
            }
        } catch (IOException e) {
            throw SpoolException.of("Tried to read blob " + name.digest() + " from the spool " + folder, e);
        }
    }

    /** Proves what an earlier run left; once, whoever comes first, the others wait. */
    void check() {
        synchronized (checking) {
            if (checked) {
                return;
            }
            BitSet right = prove(new BitSet());
            synchronized (this) {
                have.or(right);
                checked = true;
                notifyAll();
            }
        }
        wakes.forEach(Runnable::run);
    }

    /** Reads all chunks again that count as there, and forgets those that are no longer right. */
    BitSet recheck() {
        memory.drop(this);
        BitSet before = have();
        BitSet skip = (BitSet) before.clone();
        skip.flip(0, name.chunks());
        BitSet wrong = (BitSet) before.clone();
        wrong.andNot(prove(skip));
        drop(wrong);
        return wrong;
    }

    private BitSet prove(BitSet skip) {
        BitSet right = new BitSet();
        ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(name.chunkBytes(), Math.max(1, name.size())));
        for (int i = skip.nextClearBit(0); i < name.chunks(); i = skip.nextClearBit(i + 1)) {
            byte[] expected = hashes.find(i);
            if (expected != null && proves(i, expected, buffer)) {
                right.set(i);
            }
        }
        return right;
    }

    private boolean proves(int index, byte[] expected, ByteBuffer buffer) {
        try {
            buffer.clear().limit(name.length(index));
            read(name.start(index), buffer);
            return Arrays.equals(expected, Sha256.of(buffer.flip()));
        } catch (SpoolException e) {
            return false;
        }
    }

    /** Closes the file for now; it is opened again on the next use. */
    synchronized void idle() {
        FileChannel open = channel;
        channel = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                ended = ended || !Files.exists(path());
            }
        }
    }

    /** Nothing more is read or written; who waits is told. */
    void end() {
        synchronized (this) {
            ended = true;
            notifyAll();
        }
        idle();
        memory.drop(this);
        wakes.forEach(Runnable::run);
    }

    synchronized boolean isEnded() {
        return ended;
    }

    Path path() {
        return folder.resolve(name.file());
    }

    private void write(long position, ByteBuffer data) throws IOException {
        int end = data.limit();
        long at = position;
        while (data.position() < end) {
            data.limit(data.isDirect() ? end : Math.min(end, data.position() + PIECE_BYTES));
            try {
                at += channel().write(data, at);
            } catch (ClosedChannelException e) {
                requireAgain(e);
            }
        }
    }

    private int readOnce(long position, ByteBuffer into) throws IOException {
        int end = into.limit();
        into.limit(into.isDirect() ? end : Math.min(end, into.position() + PIECE_BYTES));
        try {
            while (true) {
                try {
                    return channel().read(into, position);
                } catch (ClosedChannelException e) {
                    requireAgain(e);
                }
            }
        } finally {
            into.limit(end);
        }
    }

    /** An interrupt of one thread closes the channel under all others; those open it again. */
    private void requireAgain(ClosedChannelException e) throws ClosedChannelException {
        if (Thread.currentThread().isInterrupted() || isEnded()) {
            throw e;
        }
    }

    private synchronized FileChannel channel() throws IOException {
        if (ended) {
            throw new SpoolException(Code.ENDED, "The spool has given up blob " + name.digest() + ".");
        }
        FileChannel open = channel;
        if (open == null || !open.isOpen()) {
            open = FileChannel.open(path(), CREATE, READ, WRITE);
            channel = open;
        }
        return open;
    }
}
