package io.espalier.relay.wire;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.probe.PingLink;
import io.espalier.relay.probe.ProbeLink;
import io.espalier.relay.probe.ProbeOpener;
import io.espalier.relay.protocol.PeerAddress;
import io.vertx.core.Vertx;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketFrame;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Opens probes as WebSockets to {@code /v1/probe} of the peer's door. Thread-safe. */
public final class VertxProbeOpener implements ProbeOpener {
    private final Vertx vertx;
    private final PeerSockets sockets;

    public VertxProbeOpener(Vertx vertx, PeerSockets sockets) {
        this.vertx = requireNonNull(vertx, "vertx is null");
        this.sockets = requireNonNull(sockets, "sockets is null");
    }

    @Override
    public ProbeLink open(PeerAddress peer, Duration limit) throws IOException {
        requireNonNull(limit, "limit is null");
        return new Link(sockets.connect(peer, ProbeDoor.PATH), limit);
    }

    @Override
    public PingLink openRegistry(String registry, Duration limit) throws IOException {
        return new RegistryLink(vertx, registry, limit);
    }

    /** The measuring end. What comes is timed on the event loop, where it is read. */
    private static final class Link implements ProbeLink {
        private static final String REFUSED = "refused ";

        private final WebSocket socket;
        private final Duration limit;
        private volatile Awaited awaited = new Awaited(0);

        Link(PeerSockets.Connected connected, Duration limit) {
            this.socket = connected.socket();
            this.limit = limit;
            connected.context().runOnContext(now -> {
                socket.frameHandler(this::received);
                socket.exceptionHandler(broken -> awaited.fail("the link broke: " + broken.getMessage()));
                socket.closeHandler(gone -> awaited.fail(CloseReason.of(socket)));
                if (socket.isClosed()) {
                    awaited.fail(CloseReason.of(socket));
                } else {
                    socket.resume();
                }
            });
        }

        private void received(WebSocketFrame frame) {
            if (frame.isText() && frame.textData().equals("pong")) {
                awaited.pong();
            } else if (frame.isText() && frame.textData().startsWith(REFUSED)) {
                awaited.fail("the peer refused: " + frame.textData().substring(REFUSED.length()));
            } else if (frame.isBinary() || frame.isContinuation()) {
                awaited.bytes(frame.binaryData().length());
            } else if (!frame.isClose() && !frame.isPing()) {
                awaited.fail("the peer said what no probe knows");
            }
        }

        @Override
        public long ping() throws IOException {
            return ask("ping", new Awaited(0)).nanos();
        }

        @Override
        public Copied copy(long bytes) throws IOException {
            return ask("copy " + bytes, new Awaited(bytes)).copied();
        }

        private Awaited ask(String text, Awaited answer) throws IOException {
            awaited = answer;
            if (socket.isClosed()) {
                throw new IOException(CloseReason.of(socket));
            }
            socket.writeTextMessage(text);
            try {
                answer.done.get(limit.toMillis(), TimeUnit.MILLISECONDS);
                return answer;
            } catch (ExecutionException e) {
                throw new IOException(
                        String.valueOf(e.getCause() == null ? e : e.getCause().getMessage()), e);
            } catch (TimeoutException e) {
                throw new IOException("there was no whole answer within " + limit.toMillis() + " ms", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("the measurement was interrupted", e);
            }
        }

        @Override
        public void close() {
            CloseReason.close(socket, CloseReason.NORMAL, "measured");
        }
    }

    /** An answer on its way; completed by the event loop. */
    private static final class Awaited {
        private final long bytes;
        private final long begin = System.nanoTime();
        private final CompletableFuture<Boolean> done = new CompletableFuture<>();
        private long came;
        private long first;
        private long firstBytes;
        private volatile long end;

        Awaited(long bytes) {
            this.bytes = bytes;
        }

        void pong() {
            if (bytes == 0) {
                end = System.nanoTime();
                done.complete(true);
            }
        }

        void bytes(int count) {
            long now = System.nanoTime();
            if (came == 0) {
                first = now;
                firstBytes = count;
            }
            came += count;
            if (bytes > 0 && came >= bytes) {
                end = now;
                done.complete(true);
            }
        }

        void fail(String reason) {
            done.completeExceptionally(new IOException(reason));
        }

        long nanos() {
            return end - begin;
        }

        /** The rate of what came after the first bytes, so that the way to the peer does not count. */
        ProbeLink.Copied copied() {
            long after = came - firstBytes;
            double seconds = (after == 0 ? nanos() : Math.max(1, end - first)) / 1e9;
            return new ProbeLink.Copied(nanos(), Math.round((after == 0 ? came : after) / seconds));
        }
    }
}
