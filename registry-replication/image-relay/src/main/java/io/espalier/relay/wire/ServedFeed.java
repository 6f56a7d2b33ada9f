package io.espalier.relay.wire;

import io.espalier.relay.feed.ChunkHeader;
import io.espalier.relay.feed.ChunkSource;
import io.espalier.relay.feed.EdgeCounters;
import io.espalier.relay.feed.FeedLimits;
import io.espalier.relay.feed.FeedSender;
import io.espalier.relay.feed.FeedSink;
import io.espalier.relay.feed.UplinkLimit;
import io.espalier.relay.wire.FeedMessages.Complained;
import io.espalier.relay.wire.FeedMessages.FromChild;
import io.espalier.relay.wire.FeedMessages.Released;
import io.espalier.relay.wire.FeedMessages.Wanted;
import io.espalier.relay.wire.MemberProof.Member;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Context;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketFrame;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The parent's end of one feed: between its sender and its WebSocket. Everything that touches the socket runs on its event loop. */
final class ServedFeed implements FeedSink {
    private static final int RECORD_BYTES = 16 << 10;
    private static final int FRAME_HEADER_BYTES = 10;
    /** Chunks travel in frames, none as long as a chunk; each with its header fills TLS records, of which only the first is copied for that. */
    private static final int FRAME_BYTES = 8 * RECORD_BYTES - FRAME_HEADER_BYTES;

    private static final Logger LOG = LoggerFactory.getLogger(ServedFeed.class);

    private final Member member;
    private final ServerWebSocket socket;
    private final Context context;
    private final FeedMessages messages;
    private final ChunkSource source;
    private final FeedSender sender;
    private final Complaints complaints = new Complaints(System.nanoTime());
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicBoolean aliveOnTheWay = new AtomicBoolean();
    private volatile long heard = System.nanoTime();

    // Of the event loop: at most two chunks, a sign of life and the refusals of open wants wait.
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private boolean writing;
    private boolean choosing;

    /** What all feeds of a node share. */
    record Shared(ChunkSource source, UplinkLimit uplink, EdgeCounters counters, FeedMessages messages) {}

    /** To be called on the socket's event loop. */
    ServedFeed(Member member, ServerWebSocket socket, Context context, Shared shared) {
        this.member = member;
        this.socket = socket;
        this.context = context;
        this.messages = shared.messages();
        this.source = shared.source().forChild(member.node());
        this.sender = new FeedSender(member.node(), source, this, shared.uplink(), shared.counters());
    }

    /**
     * Begins to listen and to serve.
     *
     * @throws IllegalStateException when the socket was closed meanwhile; nothing runs then
     */
    void begin() {
        socket.textMessageHandler(this::received);
        socket.binaryMessageHandler(binary -> malformed("a child sends no binary messages"));
        // Also for a message of several frames that is too large, which does not end the socket by itself.
        socket.exceptionHandler(this::broke);
        sender.start();
    }

    Member member() {
        return member;
    }

    FeedSender sender() {
        return sender;
    }

    private void received(String text) {
        heard = System.nanoTime();
        try {
            FromChild message = messages.fromChild(text);
            if (message instanceof Wanted wanted) {
                complaints.wanted(wanted.want());
                sender.want(wanted.want());
            } else if (message instanceof Released released) {
                sender.release(released.want());
            } else if (message instanceof Complained complained) {
                complaints
                        .take(complained.want(), complained.index(), heard)
                        .ifPresent(doubt -> source.complained(doubt.blob(), doubt.chunkBytes(), doubt.index()));
            }
        } catch (IllegalArgumentException e) {
            malformed(String.valueOf(e.getMessage()));
        }
    }

    private void malformed(String reason) {
        LOG.warn("The feed to {} is closed because of what came: {}", member.node(), reason);
        end(CloseReason.MALFORMED, reason);
    }

    private void broke(Throwable why) {
        if (why instanceof HttpClosedException || why instanceof IOException) {
            close("the link broke: " + why.getMessage());
        } else {
            malformed(String.valueOf(why.getMessage()));
        }
    }

    /** Called several times a second. */
    void tick() {
        sender.tick();
        if (System.nanoTime() - heard > FeedLimits.CHILD_SILENCE.toNanos()) {
            // Read at both ends.
            close("nothing was heard of node " + member.node() + " for " + FeedLimits.CHILD_SILENCE.toSeconds() + " s");
        }
    }

    @Override
    public void chunk(ChunkHeader header, ByteBuffer bytes, Runnable sent) {
        ByteBuffer head = ByteBuffer.allocate(ChunkHeader.BYTES);
        header.write(head);
        write(() -> {
            writing = true;
            frame(Unpooled.wrappedBuffer(head.flip()), Unpooled.wrappedBuffer(bytes), sent);
        });
    }

    /**
     * Writes the next frame of a chunk, and the one after it when the socket has taken this one, so that little is ciphered ahead.
     *
     * @param head what stands before the bytes; readable in the first frame only
     */
    private void frame(ByteBuf head, ByteBuf bytes, Runnable sent) {
        try {
            boolean first = head.isReadable();
            int room = FRAME_BYTES - head.readableBytes();
            ByteBuf piece = bytes.readSlice(Math.min(room, bytes.readableBytes()));
            boolean last = !bytes.isReadable();
            WebSocketFrame frame = first
                    ? WebSocketFrame.binaryFrame(
                            BufferInternal.buffer(Unpooled.wrappedBuffer(head.readSlice(ChunkHeader.BYTES), piece)),
                            last)
                    : WebSocketFrame.continuationFrame(BufferInternal.buffer(piece), last);
            socket.writeFrame(frame).onComplete(written -> {
                if (last || written.failed()) {
                    written(sent);
                } else {
                    frame(head, bytes, sent);
                }
            });
        } catch (RuntimeException gone) { // as when the socket is closed
            LOG.debug("A chunk did not go to {}.", member.node(), gone);
            written(sent);
        }
    }

    private void written(Runnable sent) {
        writing = false;
        sent.run();
        writeMore();
    }

    /** No other message may come between the frames of a chunk. */
    private void write(Runnable message) {
        context.runOnContext(now -> {
            waiting.add(message);
            writeMore();
        });
    }

    private void writeMore() {
        if (choosing) {
            return;
        }
        choosing = true;
        try {
            while (!writing && !waiting.isEmpty()) {
                waiting.remove().run();
            }
        } finally {
            choosing = false;
        }
    }

    @Override
    public void refused(int want, String reason, boolean retryable) {
        text(messages.refused(want, reason, retryable), () -> {});
    }

    @Override
    public boolean alive(boolean upstream) {
        if (!aliveOnTheWay.compareAndSet(false, true)) {
            return false;
        }
        text(messages.alive(upstream, source.upstream()), () -> aliveOnTheWay.set(false));
        return true;
    }

    private void text(String message, Runnable sent) {
        write(() -> {
            if (!socket.isClosed()) {
                socket.writeTextMessage(message).onComplete(done -> sent.run());
            }
        });
    }

    @Override
    public void close(String reason) {
        end(CloseReason.NORMAL, reason);
    }

    private void end(short code, String reason) {
        sender.close();
        if (closed.compareAndSet(false, true)) {
            context.runOnContext(now -> CloseReason.close(socket, code, reason));
        }
    }
}
