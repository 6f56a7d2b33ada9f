package io.espalier.testkit.link;

import static java.util.Objects.requireNonNull;

import io.espalier.testkit.link.LinkConnection.Wires;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A TCP proxy that stands for a network link: clients connect to {@link #port}, it connects to the target.
 *
 * <p>Each direction has its own delay, rate and faults, see {@link LinkDirection}; {@link #cut} and {@link #refuse}
 * concern whole connections. One thread serves all connections. Each connection holds at most the given bytes per
 * direction, 4 MiB unless told otherwise: delay times rate has to fit. Delays are kept to about 2 ms on an idle machine.
 * Thread-safe.
 */
public final class LinkEmulator implements AutoCloseable {
    private static final long DEFAULT_CAPACITY = 4L << 20;
    private static final long STOP_LIMIT_MS = 10_000;
    private static final int BACKLOG = 200;

    private final InetSocketAddress target;
    private final Selector selector;
    private final LinkDirection toTarget;
    private final LinkDirection toClient;
    private final Wires wires;
    private final Queue<Runnable> orders = new ConcurrentLinkedQueue<>();
    private final List<LinkConnection> connections = new ArrayList<>();
    private final InetSocketAddress listening;
    private final Thread thread;
    private @Nullable ServerSocketChannel server;
    private volatile int connectionCount;
    private volatile boolean running = true;

    private LinkEmulator(InetSocketAddress at, InetSocketAddress target, long capacity) throws IOException {
        this.target = requireNonNull(target, "target is null");
        this.selector = Selector.open();
        this.toTarget = new LinkDirection(selector::wakeup);
        this.toClient = new LinkDirection(selector::wakeup);
        this.wires = new Wires(toTarget, new TokenBucket(), toClient, new TokenBucket(), capacity);
        ServerSocketChannel first = listen(selector, at);
        this.server = first;
        this.listening = (InetSocketAddress) first.getLocalAddress();
        this.thread = new Thread(this::run, "link-" + listening.getPort() + "-to-" + target.getPort());
        thread.setDaemon(true);
    }

    /** A link to a loopback port. */
    public static LinkEmulator to(int port) {
        return to(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), DEFAULT_CAPACITY);
    }

    /** A link that holds at most {@code capacity} bytes per connection and direction. */
    public static LinkEmulator to(InetSocketAddress target, long capacity) {
        return between(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), target, capacity);
    }

    /**
     * A link that listens at an address of this machine, for clients in other network namespaces.
     *
     * @param at port 0 takes any free port
     */
    public static LinkEmulator between(InetSocketAddress at, InetSocketAddress target, long capacity) {
        try {
            LinkEmulator link = new LinkEmulator(at, target, capacity);
            link.thread.start();
            return link;
        } catch (IOException e) {
            throw new UncheckedIOException("Tried to open a link from " + at + " to " + target + ".", e);
        }
    }

    /** The port for clients; it stays the same. */
    public int port() {
        return listening.getPort();
    }

    /** From the clients to the target. */
    public LinkDirection toTarget() {
        return toTarget;
    }

    /** From the target to the clients. */
    public LinkDirection toClient() {
        return toClient;
    }

    /** How many connections are open now. */
    public int connections() {
        return connectionCount;
    }

    /** Resets all open connections (RST on both sides); new ones are welcome. */
    public void cut() {
        order(this::resetAll);
    }

    /** Stops listening: new connections are refused, open ones stay. */
    public void refuse() {
        order(this::closeServer);
    }

    /** Listens again after {@link #refuse}. */
    public void accept() {
        order(this::openServer);
    }

    /** Both directions without delay, bound or fault, and listening. */
    public void heal() {
        toTarget.heal();
        toClient.heal();
        accept();
    }

    /** Resets all connections, stops listening and ends the thread. */
    @Override
    public void close() {
        running = false;
        selector.wakeup();
        try {
            thread.join(STOP_LIMIT_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            throw new AssertionError(
                    "The thread " + thread.getName() + " has not ended within " + STOP_LIMIT_MS + " ms.");
        }
    }

    private void run() {
        try {
            while (running) {
                serve();
            }
            resetAll();
            closeServer();
            selector.selectNow();
            selector.close();
        } catch (IOException e) {
            throw new UncheckedIOException("The link " + listening + " to " + target + " has failed.", e);
        }
    }

    private void serve() throws IOException {
        for (Runnable order = orders.poll(); order != null; order = orders.poll()) {
            order.run();
        }
        long wait = passAll();
        if (wait == LinkPipe.NO_TIMER) {
            selector.select();
        } else if (wait < TimeUnit.MILLISECONDS.toNanos(1)) {
            selector.selectNow();
        } else {
            selector.select(TimeUnit.NANOSECONDS.toMillis(wait));
        }
        for (SelectionKey key : selector.selectedKeys()) {
            if (key.isValid()) {
                onReady(key);
            }
        }
        selector.selectedKeys().clear();
    }

    /** Each turn begins with another connection, so that none takes the whole rate. */
    private long passAll() {
        long now = System.nanoTime();
        long wait = LinkPipe.NO_TIMER;
        if (!connections.isEmpty()) {
            connections.add(connections.remove(0));
        }
        for (LinkConnection connection : connections) {
            wait = Math.min(wait, connection.pass(now));
        }
        connections.removeIf(LinkConnection::isClosed);
        connectionCount = connections.size();
        return wait;
    }

    private void onReady(SelectionKey key) throws IOException {
        if (key.attachment() instanceof LinkConnection connection) {
            connection.onReady(key);
        } else if (server != null) {
            SocketChannel client = server.accept();
            LinkConnection opened = client == null ? null : LinkConnection.open(client, target, selector, wires);
            if (opened != null) {
                connections.add(opened);
            }
        }
    }

    private void resetAll() {
        connections.forEach(LinkConnection::reset);
        connections.clear();
        connectionCount = 0;
    }

    private void closeServer() {
        try {
            if (server != null) {
                server.close();
                server = null;
                selector.selectNow();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Tried to stop listening on " + listening + ".", e);
        }
    }

    private void openServer() {
        try {
            if (server == null) {
                server = listen(selector, listening);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Tried to listen on " + listening + " again.", e);
        }
    }

    /** Lets the link's thread do it and returns when it is done. */
    private void order(Runnable order) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        orders.add(() -> {
            try {
                order.run();
                done.complete(null);
            } catch (RuntimeException e) {
                done.completeExceptionally(e);
            }
        });
        selector.wakeup();
        done.orTimeout(STOP_LIMIT_MS, TimeUnit.MILLISECONDS).join();
    }

    private static ServerSocketChannel listen(Selector selector, InetSocketAddress at) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open();
        server.bind(at, BACKLOG);
        server.configureBlocking(false);
        server.register(selector, SelectionKey.OP_ACCEPT);
        return server;
    }
}
