package io.espalier.relay.control;

import static java.util.Objects.requireNonNull;

import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.WebSocketBase;
import io.vertx.core.http.WebSocketFrame;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One end of a WebSocket that carries messages of up to 16 MiB in order, both ways, and knows soon when the other end is gone.
 *
 * <p>Each end sends a pong every second, unasked (RFC 6455, 5.5.3): unlike a ping that has to be answered it cannot be late because
 * the other direction is busy. An end that has heard nothing for three seconds closes the link. When the receiver is slow, reading
 * pauses; when the sender finds no room, {@link #offer} says so. So memory is bounded at both ends. Thread-safe.
 */
final class MessageLink {
    static final int MAX_MESSAGE_BYTES = 16 << 20;
    static final long SILENCE_LIMIT_MS = 3000;
    private static final long BEAT_MS = 1000;
    private static final int MAX_UNREAD_MESSAGES = 256;
    private static final int MAX_UNREAD_BYTES = MAX_MESSAGE_BYTES;
    private static final int MAX_REASON_CHARS = 100;
    private static final short NORMAL = 1000;
    private static final short TOO_BIG = 1009;

    /** Hears of the link; called by the executor given to the link, so in order when that is serial. */
    interface Receiver {
        void message(String text);

        /** Called once, last. */
        void closed(String reason);
    }

    private final Vertx vertx;
    private final Executor executor;
    private final Receiver receiver;
    private final Runnable onRoom;
    private final Outbox outbox = new Outbox();
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile @Nullable WebSocketBase socket;
    private volatile @Nullable Context context;
    private volatile String closeReason = "";
    private long timer = -1;
    private volatile long heard;
    private int unreadMessages;
    private int unreadBytes;
    private boolean paused;
    private Buffer assembled = Buffer.buffer();

    /** @param onRoom called by the event loop whenever nothing waits to be sent any more */
    MessageLink(Vertx vertx, Executor serial, Receiver receiver, Runnable onRoom) {
        this.vertx = vertx;
        this.executor = serial;
        this.receiver = receiver;
        this.onRoom = onRoom;
    }

    /** Begins to send and receive; on the socket's event loop. */
    void attach(WebSocketBase opened) {
        Context loop = requireNonNull(Vertx.currentContext(), "attach is called by the event loop");
        heard = System.nanoTime();
        opened.pongHandler(pong -> heard = System.nanoTime());
        opened.frameHandler(this::frame);
        opened.exceptionHandler(e -> close("the link broke: " + e.getMessage()));
        opened.closeHandler(end -> close(reason(opened)));
        opened.drainHandler(room -> pump());
        context = loop;
        socket = opened;
        timer = vertx.setPeriodic(BEAT_MS / 2, BEAT_MS / 2, new Beat());
        if (closed.get()) {
            release(NORMAL);
        } else {
            pump();
        }
    }

    private static String reason(WebSocketBase ended) {
        String given = ended.closeReason();
        return given == null || given.isEmpty() ? "the other side closed it" : given;
    }

    /**
     * Queues a message; never blocks.
     *
     * @return false when it is not sent as there is no room or the link is closed
     * @throws IllegalArgumentException with a sentence when it is larger than the limit
     */
    boolean offer(byte[] message) {
        if (message.length > MAX_MESSAGE_BYTES) {
            throw new IllegalArgumentException("Tried to send a message of " + message.length
                    + " bytes but the limit is " + MAX_MESSAGE_BYTES + " bytes; send it in parts.");
        }
        if (closed.get() || !outbox.add(message)) {
            return false;
        }
        Context loop = context;
        if (loop != null) {
            loop.runOnContext(now -> pump());
        }
        return true;
    }

    int waitingBytes() {
        return outbox.bytes();
    }

    private void pump() {
        WebSocketBase now = socket;
        if (now != null && !closed.get()) {
            outbox.pump(now);
            if (outbox.bytes() == 0 && !now.writeQueueFull()) {
                onRoom.run();
            }
        }
    }

    private void frame(WebSocketFrame frame) {
        heard = System.nanoTime();
        if (!frame.isText() && !frame.isBinary() && !frame.isContinuation()) {
            return;
        }
        Buffer part = frame.binaryData();
        if (assembled.length() + part.length() > MAX_MESSAGE_BYTES) {
            close("a message is larger than the limit of " + MAX_MESSAGE_BYTES + " bytes", TOO_BIG);
            return;
        }
        assembled.appendBuffer(part);
        if (frame.isFinal()) {
            byte[] message = assembled.getBytes();
            assembled = Buffer.buffer();
            received(message);
        }
    }

    private void received(byte[] message) {
        if (closed.get()) {
            return;
        }
        synchronized (this) {
            unreadMessages++;
            unreadBytes += message.length;
            if (!paused && (unreadMessages >= MAX_UNREAD_MESSAGES || unreadBytes >= MAX_UNREAD_BYTES)) {
                paused = true;
                requireNonNull(socket, "socket is null").pause();
            }
        }
        executor.execute(() -> hand(message));
    }

    private void hand(byte[] message) {
        try {
            if (!closed.get()) {
                receiver.message(new String(message, StandardCharsets.UTF_8));
            }
        } finally {
            read(message.length);
        }
    }

    private synchronized void read(int bytes) {
        unreadMessages--;
        unreadBytes -= bytes;
        Context loop = context;
        if (paused
                && unreadMessages <= MAX_UNREAD_MESSAGES / 2
                && unreadBytes <= MAX_UNREAD_BYTES / 2
                && loop != null) {
            paused = false;
            heard = System.nanoTime();
            loop.runOnContext(now -> requireNonNull(socket, "socket is null").resume());
        }
    }

    boolean isClosed() {
        return closed.get();
    }

    /** Ends the link; idempotent. The other side reads the reason when it still listens. */
    void close(String reason) {
        close(reason, NORMAL);
    }

    private void close(String reason, short code) {
        if (closed.getAndSet(true)) {
            return;
        }
        closeReason = reason;
        Context loop = context;
        if (loop != null) {
            loop.runOnContext(now -> release(code));
        }
        executor.execute(() -> receiver.closed(reason));
    }

    private void release(short code) {
        vertx.cancelTimer(timer);
        assembled = Buffer.buffer();
        WebSocketBase ended = socket;
        if (ended != null && !ended.isClosed()) {
            String said = closeReason.length() <= MAX_REASON_CHARS
                    ? closeReason
                    : closeReason.substring(0, MAX_REASON_CHARS) + "...";
            ended.resume();
            ended.close(code, said.replaceAll("[^\\x20-\\x7e]", "?"));
        }
    }

    /** Sends signs of life and misses those of the other end; looks twice as often so as to be at most half a second late. */
    private final class Beat implements Handler<Long> {
        private boolean turn;

        @Override
        public void handle(Long id) {
            WebSocketBase now = socket;
            if (now == null || closed.get()) {
                return;
            }
            turn = !turn;
            if (turn && !now.writeQueueFull()) {
                now.writePong(Buffer.buffer());
            }
            if (!isPaused() && System.nanoTime() - heard > TimeUnit.MILLISECONDS.toNanos(SILENCE_LIMIT_MS)) {
                close("nothing was heard for " + SILENCE_LIMIT_MS + " ms");
            }
        }
    }

    private synchronized boolean isPaused() {
        return paused;
    }
}
