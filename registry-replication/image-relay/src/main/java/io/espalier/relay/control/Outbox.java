package io.espalier.relay.control;

import static java.util.Objects.requireNonNull;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.WebSocketBase;
import io.vertx.core.http.WebSocketFrame;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Messages that wait to be sent, bounded by number and bytes. They go out in small frames and only as fast as the socket takes
 * them, so that signs of life pass between the frames of a large message. Thread-safe; {@link #pump} is of the event loop.
 */
final class Outbox {
    static final int MAX_MESSAGES = 10_000;
    static final int MAX_BYTES = 2 * MessageLink.MAX_MESSAGE_BYTES;
    private static final int FRAME_BYTES = 16 << 10;

    private final Queue<byte[]> waiting = new ArrayDeque<>();
    private int waitingBytes;
    private byte @Nullable [] current;
    private int position;

    /** False when there is no room. */
    synchronized boolean add(byte[] message) {
        if (waiting.size() >= MAX_MESSAGES || waitingBytes > MAX_BYTES - message.length) {
            return false;
        }
        waiting.add(message);
        waitingBytes += message.length;
        return true;
    }

    synchronized int bytes() {
        return waitingBytes;
    }

    /** Sends what the socket takes now. */
    void pump(WebSocketBase socket) {
        while (!socket.isClosed() && !socket.writeQueueFull() && beginNext()) {
            socket.writeFrame(nextFrame());
        }
    }

    private boolean beginNext() {
        if (current == null) {
            synchronized (this) {
                current = waiting.poll();
                waitingBytes -= current == null ? 0 : current.length;
            }
            position = 0;
        }
        return current != null;
    }

    private WebSocketFrame nextFrame() {
        byte[] message = requireNonNull(current, "current is null");
        int end = Math.min(message.length, position + FRAME_BYTES);
        Buffer part = Buffer.buffer(end - position).appendBytes(message, position, end - position);
        boolean last = end == message.length;
        boolean first = position == 0;
        position = end;
        if (last) {
            current = null;
        }
        return first ? WebSocketFrame.binaryFrame(part, last) : WebSocketFrame.continuationFrame(part, last);
    }
}
