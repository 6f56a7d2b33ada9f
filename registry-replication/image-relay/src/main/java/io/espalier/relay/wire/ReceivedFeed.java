package io.espalier.relay.wire;

import io.espalier.relay.feed.EdgeCounters;
import io.espalier.relay.feed.Feed;
import io.espalier.relay.feed.FeedLimits;
import io.espalier.relay.feed.FeedListener;
import io.espalier.relay.feed.Want;
import io.espalier.relay.protocol.PeerAddress;
import io.espalier.relay.wire.ChunkAssembly.Chunk;
import io.espalier.relay.wire.FeedMessages.FromParent;
import io.espalier.relay.wire.FeedMessages.ParentAlive;
import io.espalier.relay.wire.FeedMessages.Refused;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelPipeline;
import io.vertx.core.Context;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketFrame;
import io.vertx.core.internal.http.WebSocketInternal;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The child's end of one feed. The event loop gathers chunks in a few buffers and reads no more when all are full; a thread of the feed
 * hands them to the listener.
 */
final class ReceivedFeed implements Feed {
    /** One that is being filled, one that waits and one that is heard. */
    static final int CHUNK_BUFFERS = 3;

    private static final int MAX_EVENTS = CHUNK_BUFFERS + FeedLimits.WANTS;
    private static final String DECODER = "ws-decoder";
    private static final long WATCH_MILLIS = 150;
    private static final Logger LOG = LoggerFactory.getLogger(ReceivedFeed.class);

    private final PeerAddress peer;
    private final WebSocket socket;
    private final Context context;
    private final Optional<X509Certificate> certificate;
    private final FeedListener listener;
    private final FeedMessages messages;
    private final EdgeCounters.Edge counters;
    private final Map<Integer, Want> wants = new ConcurrentHashMap<>();
    private final BlockingQueue<Runnable> events = new LinkedBlockingQueue<>();
    private final ChunkAssembly assembly;
    private final ChunkTap tap = new ChunkTap(new Chunks(), PeerSockets.MOST_FRAME_BYTES);
    private final AtomicBoolean ended = new AtomicBoolean();
    private final Thread thread;
    private volatile boolean running = true;
    private volatile boolean paused;

    // Of the event loop.
    private long heard;
    private long watched;
    private long spoken;

    /** @param chunkBuffers for so many chunks that have come and not been heard yet */
    ReceivedFeed(
            PeerAddress peer,
            PeerSockets.Connected connected,
            FeedListener listener,
            FeedMessages messages,
            EdgeCounters.Edge counters,
            int chunkBuffers) {
        this.peer = peer;
        this.socket = connected.socket();
        this.context = connected.context();
        this.certificate = connected.certificate();
        this.listener = listener;
        this.messages = messages;
        this.counters = counters;
        this.assembly = new ChunkAssembly(wants, chunkBuffers);
        this.thread = new Thread(this::run, "relay-feed-from-" + peer.node());
        thread.setDaemon(true);
    }

    /** @param gone called when the feed has ended */
    void begin(Runnable gone) {
        counters.feedsIn(1);
        thread.start();
        context.runOnContext(now -> listen(gone));
    }

    private void listen(Runnable gone) {
        heard = System.nanoTime();
        watched = heard;
        spoken = heard;
        long timer = context.owner().setPeriodic(WATCH_MILLIS, tick -> watch());
        AtomicBoolean over = new AtomicBoolean();
        Runnable finish = () -> {
            if (over.compareAndSet(false, true)) {
                context.owner().cancelTimer(timer);
                end(CloseReason.of(socket));
                gone.run();
            }
        };
        socket.closeHandler(closed -> finish.run());
        socket.exceptionHandler(broken -> end("the link broke: " + broken.getMessage()));
        socket.frameHandler(this::received);
        ChannelPipeline pipeline =
                ((WebSocketInternal) socket).channelHandlerContext().pipeline();
        pipeline.addBefore(DECODER, "chunk-tap", tap);
        if (socket.isClosed()) {
            finish.run();
        } else {
            socket.resume();
        }
    }

    @Override
    public PeerAddress peer() {
        return peer;
    }

    Optional<X509Certificate> certificate() {
        return certificate;
    }

    @Override
    public void want(Want want) {
        wants.put(want.id(), want);
        say(messages.want(want));
    }

    @Override
    public void release(int want) {
        if (wants.remove(want) != null) {
            say(messages.release(want));
        }
    }

    @Override
    public void complain(int want, int index) {
        say(messages.complain(want, index));
    }

    private void say(String message) {
        if (!ended.get() && !socket.isClosed()) {
            socket.writeTextMessage(message);
        }
    }

    @Override
    public void close() {
        end("closed by this node");
    }

    /** Binary messages do not come here but to {@link Chunks}. */
    private void received(WebSocketFrame frame) {
        heard = System.nanoTime();
        if (frame.isText() && !ended.get()) {
            guarded(() -> heardText(frame));
        }
    }

    private void guarded(Runnable reading) {
        try {
            reading.run();
        } catch (IllegalArgumentException e) {
            LOG.warn("The feed from {} is closed because of what it sent: {}", peer, e.getMessage());
            end(String.valueOf(e.getMessage()));
        }
    }

    /** Takes the chunks; once the feed has ended, it throws away what still comes. */
    private final class Chunks implements ChunkTap.Taker {
        @Override
        public boolean hasRoom() {
            if (ended.get() || assembly.hasRoom()) {
                return true;
            }
            paused = true;
            return assembly.hasRoom(); // the listener may have been quicker
        }

        @Override
        public void begin() {
            paused = false;
            if (!ended.get()) {
                guarded(assembly::begin);
            }
        }

        @Override
        public void add(ByteBuf from, int bytes) {
            heard = System.nanoTime();
            int next = from.readerIndex() + bytes;
            if (!ended.get()) {
                listener.part();
                guarded(() -> assembly.add(from, bytes));
            }
            from.readerIndex(next);
        }

        @Override
        public void end() {
            if (!ended.get()) {
                guarded(() -> {
                    Chunk chunk = assembly.end();
                    if (chunk != null) {
                        heardChunk(chunk);
                    }
                });
            }
        }
    }

    private void heardText(WebSocketFrame frame) {
        if (!frame.isFinal()) {
            throw new IllegalArgumentException("Tried to read a feed message but it comes in several frames.");
        }
        FromParent message = messages.fromParent(frame.textData());
        if (message instanceof Refused refused) {
            wants.remove(refused.want());
            offer(() -> listener.refused(refused.want(), refused.reason(), refused.retryable()));
        } else if (message instanceof ParentAlive alive) {
            offer(() -> {
                listener.upstream(alive.paths());
                listener.alive(alive.upstream());
            });
        }
    }

    private void heardChunk(Chunk chunk) {
        counters.received(chunk.length());
        offer(() -> {
            try {
                listener.chunk(chunk.want(), chunk.index(), chunk.data());
            } finally {
                assembly.free(chunk);
                resume();
            }
        });
    }

    private void offer(Runnable event) {
        if (events.size() >= MAX_EVENTS) {
            throw new IllegalArgumentException("Tried to keep what the parent says but more than " + MAX_EVENTS
                    + " messages wait for the listener.");
        }
        events.add(event);
    }

    /** Of the listener's thread. */
    private void resume() {
        if (paused) {
            context.runOnContext(now -> {
                heard = System.nanoTime();
                tap.resume();
            });
        }
    }

    /** A timer of the event loop; when it comes late itself, what the parent sent may not have been read yet. */
    private void watch() {
        long now = System.nanoTime();
        boolean late = now - watched > 4 * WATCH_MILLIS * 1_000_000;
        watched = now;
        if (late) {
            heard = now;
        }
        if (!paused && now - heard > FeedLimits.PARENT_SILENCE.toNanos()) {
            end("the parent was silent for " + FeedLimits.PARENT_SILENCE.toMillis() + " ms");
        }
        if (now - spoken > FeedLimits.CHILD_ALIVE_EVERY.toNanos()) {
            spoken = now;
            say(messages.alive());
        }
    }

    /** Ends the feed; the listener first hears what has come before. Idempotent. */
    void end(String reason) {
        if (ended.compareAndSet(false, true)) {
            CloseReason.close(socket, CloseReason.NORMAL, reason);
            events.add(() -> {
                running = false;
                listener.closed(reason);
            });
        }
    }

    private void run() {
        while (running) {
            try {
                events.take().run();
            } catch (InterruptedException e) {
                end("the feed's thread was interrupted");
            } catch (Throwable e) { // also an error: nobody would take what comes
                LOG.error("What came over the feed from {} could not be handled; it is closed.", peer, e);
                end("this node failed to handle what came");
            }
        }
        counters.feedsIn(-1);
    }
}
