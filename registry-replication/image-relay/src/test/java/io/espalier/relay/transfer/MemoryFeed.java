package io.espalier.relay.transfer;

import io.espalier.relay.feed.ChunkSource;
import io.espalier.relay.feed.Feed;
import io.espalier.relay.feed.FeedListener;
import io.espalier.relay.feed.ReadableBlob;
import io.espalier.relay.feed.Want;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.PeerAddress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A feed within the process: one thread plays the parent's sender and calls the child's listener. */
final class MemoryFeed implements Feed {
    private static final long ALIVE_NANOS = 500_000_000;
    private static final long GIVE_UP_NANOS = 3_000_000_000L;
    private static final long AGAIN_NANOS = 50_000_000;

    /** A want while it is served. */
    private static final class Served {
        private final Want want;
        private final BitSet sent;
        private final long since = System.nanoTime();
        private @Nullable ReadableBlob blob;

        private Served(Want want) {
            this.want = want;
            this.sent = (BitSet) want.have().clone();
        }
    }

    private final NodeId child;
    private final PeerAddress parent;
    private final ChunkSource source;
    private final FeedListener listener;
    private final LinkFaults faults;
    private final Consumer<MemoryFeed> onEnd;
    private final List<Served> wants = new ArrayList<>();
    private final List<Served> known = new ArrayList<>();
    private final Thread thread;
    private volatile boolean closed;
    private boolean starved;
    private long lineFree = System.nanoTime();
    private long lastAlive = System.nanoTime();

    MemoryFeed(
            NodeId child,
            PeerAddress parent,
            ChunkSource source,
            FeedListener listener,
            LinkFaults faults,
            Consumer<MemoryFeed> onEnd) {
        this.child = child;
        this.parent = parent;
        this.source = source.forChild(child);
        this.listener = listener;
        this.faults = faults;
        this.onEnd = onEnd;
        this.thread = new Thread(this::run, "feed-" + parent.node() + "-" + child);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    NodeId child() {
        return child;
    }

    @Override
    public PeerAddress peer() {
        return parent;
    }

    @Override
    public void want(Want want) {
        synchronized (wants) {
            Served served = new Served(want);
            wants.add(served);
            known.add(served);
        }
        LockSupport.unpark(thread);
    }

    @Override
    public void release(int want) {
        synchronized (wants) {
            wants.removeIf(served -> served.want.id() == want && ended(served));
        }
    }

    @Override
    public void complain(int want, int index) {
        List<Served> all;
        synchronized (wants) {
            all = List.copyOf(known);
        }
        all.stream()
                .filter(served -> served.want.id() == want)
                .forEach(served -> source.complained(served.want.blob(), served.want.chunkBytes(), index));
    }

    private static boolean ended(Served served) {
        if (served.blob != null) {
            served.blob.close();
        }
        return true;
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }

    private void run() {
        while (!closed && !faults.cut) {
            if (faults.silent || !step()) {
                LockSupport.parkNanos(20_000_000);
            }
            sayAlive();
        }
        synchronized (wants) {
            wants.removeIf(MemoryFeed::ended);
        }
        onEnd.accept(this);
        listener.closed("the feed to " + parent.node() + " was closed");
    }

    private void sayAlive() {
        long now = System.nanoTime();
        if (!faults.silent && now - lastAlive > ALIVE_NANOS) {
            lastAlive = now;
            listener.upstream(source.upstream());
            listener.alive(starved);
            starved = false;
        }
    }

    /** Sends one chunk of the first want that has one; answers whether it did. */
    private boolean step() {
        List<Served> all;
        synchronized (wants) {
            all = List.copyOf(wants);
        }
        for (Served served : all) {
            ReadableBlob blob = opened(served);
            if (blob == null) {
                continue;
            }
            try {
                int index = blob.next(served.sent);
                if (index >= 0) {
                    send(served, blob, index);
                    return true;
                }
            } catch (IOException e) {
                release(served.want.id());
                listener.refused(served.want.id(), String.valueOf(e.getMessage()), false);
            }
        }
        starved = true;
        return false;
    }

    private @Nullable ReadableBlob opened(Served served) {
        synchronized (wants) {
            if (served.blob == null && wants.contains(served)) {
                Want want = served.want;
                served.blob = source.open(want).orElse(null);
                if (served.blob != null) {
                    served.blob.whenMore(() -> LockSupport.unpark(thread));
                }
            }
        }
        if (served.blob == null) {
            LockSupport.parkNanos(AGAIN_NANOS);
            if (System.nanoTime() - served.since > GIVE_UP_NANOS) {
                release(served.want.id());
                listener.refused(served.want.id(), parent.node() + " does not know it", true);
            }
        }
        return served.blob;
    }

    private void send(Served served, ReadableBlob blob, int index) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocate(served.want.chunkBytes());
        blob.read(index, chunk);
        chunk.flip();
        served.sent.set(index);
        if (index == faults.corrupt) {
            faults.corrupt = -1;
            chunk.put(7, (byte) (chunk.get(7) ^ 1));
        }
        long rate = faults.rate;
        if (rate > 0) {
            // The line is free again when the bytes of before have gone.
            lineFree = Math.max(lineFree, System.nanoTime()) + chunk.remaining() * 1_000_000_000L / rate;
            while (lineFree - System.nanoTime() > 0 && !closed) {
                LockSupport.parkNanos(Math.min(AGAIN_NANOS, lineFree - System.nanoTime()));
                sayAlive();
            }
        }
        if (closed || faults.cut || faults.silent) {
            return;
        }
        faults.bytes.addAndGet(chunk.remaining());
        faults.sent.add(served.want.blob() + "#" + index);
        listener.chunk(served.want.id(), index, chunk);
    }
}
