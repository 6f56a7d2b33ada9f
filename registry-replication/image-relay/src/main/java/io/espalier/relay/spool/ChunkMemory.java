package io.espalier.relay.spool;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The memory of a node for chunks: those that came last, so that they are not read back from disk to be passed on, and those that
 * are read from disk for children. Bounded as a whole; what somebody holds stays, of the rest the oldest goes first. Buffers are
 * outside of the heap, as file and socket want them, and used again. Thread-safe; never blocks for I/O.
 */
final class ChunkMemory {
    private final int most;
    private final int kept;
    private final Map<Place, Slot> fresh = new LinkedHashMap<>();
    private final Deque<ByteBuffer> free = new ArrayDeque<>();
    private final Set<Runnable> waiting = new LinkedHashSet<>();
    private int slots;
    private int held;

    private record Place(BlobFile file, int index) {}

    /**
     * Creates an empty memory.
     *
     * @param most buffers in all
     * @param kept of them for fresh chunks that nobody holds
     */
    ChunkMemory(int most, int kept) {
        this.most = most;
        this.kept = kept;
    }

    /** A buffer for one chunk while somebody holds it or it counts as fresh. The holder of a new one fills it before it shares it. */
    final class Slot implements AutoCloseable {
        private final ByteBuffer buffer;
        private int holds = 1;
        private @Nullable Place place;

        private Slot(ByteBuffer buffer) {
            this.buffer = buffer;
        }

        /** Its bytes; own position and limit for each caller. */
        ByteBuffer bytes() {
            return buffer.duplicate();
        }

        /** Ends one hold. */
        @Override
        public void close() {
            release(this);
        }
    }

    /** A new slot for a chunk that has just come; null when all memory is held. */
    @Nullable
    Slot forFresh(int bytes) {
        synchronized (this) {
            while (fresh.size() >= kept && forgetOldest()) {}
            return slot(bytes);
        }
    }

    /**
     * A new slot for a chunk that is to be read from disk.
     *
     * @param first false for a caller that holds one already: it gets none when half of the memory is held
     * @param wake called once, soon after there may be memory again, when there is none now; must not block
     */
    @Nullable
    Slot forReading(int bytes, boolean first, Runnable wake) {
        synchronized (this) {
            Slot slot = first || held < most / 2 ? slot(bytes) : null;
            if (slot == null) {
                waiting.add(wake);
            }
            return slot;
        }
    }

    private @Nullable Slot slot(int bytes) {
        if (slots >= most && !forgetOldest()) {
            return null;
        }
        ByteBuffer buffer = free.poll();
        if (buffer == null || buffer.capacity() < bytes) {
            buffer = ByteBuffer.allocateDirect(bytes);
        }
        slots++;
        held++;
        return new Slot(buffer.clear().limit(bytes));
    }

    /** Makes the chunk of a slot known as this file's, in place of what was known before. */
    void share(Slot slot, BlobFile file, int index) {
        synchronized (this) {
            drop(file, index);
            Place place = new Place(file, index);
            slot.place = place;
            fresh.put(place, slot);
        }
    }

    /** Takes hold of a fresh chunk; null when it is not here. */
    synchronized @Nullable Slot find(BlobFile file, int index) {
        Slot slot = fresh.get(new Place(file, index));
        if (slot != null) {
            held += slot.holds == 0 ? 1 : 0;
            slot.holds++;
        }
        return slot;
    }

    /** Forgets a chunk; who holds it may go on reading it. */
    synchronized void drop(BlobFile file, int index) {
        Slot slot = fresh.remove(new Place(file, index));
        if (slot != null) {
            dropped(slot);
        }
    }

    /** Forgets all chunks of a file. */
    synchronized void drop(BlobFile file) {
        Iterator<Slot> all = fresh.values().iterator();
        while (all.hasNext()) {
            Slot slot = all.next();
            if (slot.place != null && slot.place.file() == file) {
                all.remove();
                dropped(slot);
            }
        }
    }

    private boolean forgetOldest() {
        Iterator<Slot> oldest = fresh.values().iterator();
        while (oldest.hasNext()) {
            Slot slot = oldest.next();
            if (slot.holds == 0) {
                oldest.remove();
                dropped(slot);
                return true;
            }
        }
        return false;
    }

    private void dropped(Slot slot) {
        slot.place = null;
        if (slot.holds == 0) {
            reclaim(slot);
        }
    }

    private void reclaim(Slot slot) {
        slots--;
        free.add(slot.buffer);
    }

    private void release(Slot slot) {
        List<Runnable> wakes = List.of();
        synchronized (this) {
            slot.holds--;
            if (slot.holds > 0) {
                return;
            }
            held--;
            if (slot.place == null) {
                reclaim(slot);
            }
            if (!waiting.isEmpty()) {
                wakes = new ArrayList<>(waiting);
                waiting.clear();
            }
        }
        wakes.forEach(Runnable::run);
    }
}
