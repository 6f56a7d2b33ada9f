package io.espalier.testkit.link;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/** One direction of one connection: a bounded delay line; used by the link's thread only. */
final class LinkPipe {
    static final long NO_TIMER = Long.MAX_VALUE;
    private static final int CHUNK = 16 << 10;
    private static final int TURN_BYTES = 64 << 10;

    private record Chunk(ByteBuffer bytes, long due) {}

    private final SocketChannel source;
    private final SocketChannel sink;
    private final LinkDirection direction;
    private final TokenBucket bucket;
    private final long capacity;
    private final Deque<Chunk> line = new ArrayDeque<>();
    private final byte[] space = new byte[CHUNK];
    private long held;
    private boolean sourceEnded;
    private long endDue;
    private boolean sinkEnded;
    private boolean sinkFull;

    LinkPipe(SocketChannel source, SocketChannel sink, LinkDirection direction, TokenBucket bucket, long capacity) {
        this.source = source;
        this.sink = sink;
        this.direction = direction;
        this.bucket = bucket;
        this.capacity = capacity;
    }

    boolean wantsRead() {
        return !sourceEnded && !direction.isFrozen() && held < capacity;
    }

    boolean wantsWrite() {
        return sinkFull && !direction.isFrozen();
    }

    boolean isDone() {
        return sinkEnded;
    }

    void read() throws IOException {
        for (int taken = 0; taken < TURN_BYTES && wantsRead(); ) {
            int length = source.read(ByteBuffer.wrap(space));
            if (length < 0) {
                sourceEnded = true;
                endDue = System.nanoTime() + direction.delayNanos();
            }
            if (length <= 0) {
                return;
            }
            taken += length;
            direction.take(space, length);
            if (!direction.isSwallowing()) {
                byte[] copy = Arrays.copyOf(space, length);
                line.addLast(new Chunk(ByteBuffer.wrap(copy), System.nanoTime() + direction.delayNanos()));
                held += length;
            }
        }
    }

    /** Passes on what is due; returns the nanoseconds until it has to be called again. */
    long write(long now) throws IOException {
        if (direction.isFrozen() || sinkEnded) {
            return NO_TIMER;
        }
        sinkFull = false;
        for (int written = 0; !line.isEmpty(); ) {
            Chunk head = line.peekFirst();
            long wait = head.due() - now;
            long allowed = Math.min(TURN_BYTES - written, bucket.available(direction.bytesPerSecond(), now));
            if (wait > 0) {
                return wait;
            }
            if (allowed <= 0) {
                return written >= TURN_BYTES ? 0 : bucket.nanosUntilWorthIt();
            }
            int passed = write(head.bytes(), allowed);
            written += passed;
            if (head.bytes().hasRemaining() && passed < allowed) {
                sinkFull = true;
                return NO_TIMER;
            }
        }
        return end(now);
    }

    private int write(ByteBuffer bytes, long allowed) throws IOException {
        ByteBuffer part = bytes.slice();
        part.limit((int) Math.min(part.remaining(), allowed));
        int passed = sink.write(part);
        bytes.position(bytes.position() + passed);
        bucket.take(passed);
        held -= passed;
        if (!bytes.hasRemaining()) {
            line.removeFirst();
        }
        return passed;
    }

    private long end(long now) throws IOException {
        if (!sourceEnded) {
            return NO_TIMER;
        }
        if (endDue > now) {
            return endDue - now;
        }
        if (!direction.isSwallowing()) {
            sink.shutdownOutput();
            sinkEnded = true;
        }
        return NO_TIMER;
    }
}
