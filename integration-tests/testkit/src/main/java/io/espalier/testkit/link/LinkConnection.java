package io.espalier.testkit.link;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** A client's connection and the one to the target; used by the link's thread only. */
final class LinkConnection {
    private final SocketChannel client;
    private final SocketChannel target;
    private final SelectionKey clientKey;
    private final SelectionKey targetKey;
    private final LinkPipe toTarget;
    private final LinkPipe toClient;
    private boolean closed;

    private LinkConnection(
            SocketChannel client, SocketChannel target, SelectionKey[] keys, LinkPipe toTarget, LinkPipe toClient) {
        this.client = client;
        this.target = target;
        this.clientKey = keys[0];
        this.targetKey = keys[1];
        this.toTarget = toTarget;
        this.toClient = toClient;
    }

    /** Null, and the client sees a reset, when a side is broken at once. */
    static @Nullable LinkConnection open(SocketChannel client, SocketAddress to, Selector selector, Wires wires)
            throws IOException {
        SocketChannel target = SocketChannel.open();
        try {
            client.configureBlocking(false);
            target.configureBlocking(false);
            client.setOption(StandardSocketOptions.TCP_NODELAY, true);
            target.setOption(StandardSocketOptions.TCP_NODELAY, true);
            target.connect(to);
            SelectionKey[] keys = {client.register(selector, 0), target.register(selector, SelectionKey.OP_CONNECT)};
            LinkConnection connection = new LinkConnection(
                    client,
                    target,
                    keys,
                    new LinkPipe(client, target, wires.toTarget(), wires.toTargetBucket(), wires.capacity()),
                    new LinkPipe(target, client, wires.toClient(), wires.toClientBucket(), wires.capacity()));
            keys[0].attach(connection);
            keys[1].attach(connection);
            return connection;
        } catch (IOException broken) {
            resetOnClose(client);
            closeQuietly(client);
            closeQuietly(target);
            return null;
        }
    }

    /** What all connections of a link share. */
    record Wires(
            LinkDirection toTarget,
            TokenBucket toTargetBucket,
            LinkDirection toClient,
            TokenBucket toClientBucket,
            long capacity) {}

    /** Takes what the ready key offers; a broken side resets both. */
    void onReady(SelectionKey key) {
        try {
            if (key.isConnectable()) {
                target.finishConnect();
            } else if (key.isReadable()) {
                (key == clientKey ? toTarget : toClient).read();
            }
        } catch (IOException broken) {
            reset();
        }
    }

    /** Passes on what is due; returns the nanoseconds until the next call is needed. */
    long pass(long now) {
        if (closed || !target.isConnected()) {
            return LinkPipe.NO_TIMER;
        }
        try {
            long next = Math.min(toTarget.write(now), toClient.write(now));
            if (toTarget.isDone() && toClient.isDone()) {
                close();
            } else {
                clientKey.interestOps(ops(toTarget, toClient));
                targetKey.interestOps(ops(toClient, toTarget));
            }
            return next;
        } catch (IOException broken) {
            reset();
            return LinkPipe.NO_TIMER;
        }
    }

    boolean isClosed() {
        return closed;
    }

    /** Both sides see a reset (RST). */
    void reset() {
        resetOnClose(client);
        resetOnClose(target);
        close();
    }

    private void close() {
        closed = true;
        closeQuietly(client);
        closeQuietly(target);
    }

    private static int ops(LinkPipe from, LinkPipe to) {
        return (from.wantsRead() ? SelectionKey.OP_READ : 0) | (to.wantsWrite() ? SelectionKey.OP_WRITE : 0);
    }

    private static void resetOnClose(SocketChannel channel) {
        try {
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        } catch (IOException closedAlready) {
            // There is nothing left to reset.
        }
    }

    private static void closeQuietly(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // The kernel has given the descriptor back all the same.
        }
    }
}
