package io.espalier.kernel.felix.control;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs commands for other programs of the same user over a unix domain socket that only its owner may open; the protocol is
 * written down in {@code docs/formats/control-socket.md}. At most eight clients at a time; the next gets a sentence.
 */
public final class ControlSocket implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ControlSocket.class);
    private static final int MOST_SESSIONS = 8;

    private final SocketFile socket;
    private final CommandRunner.Factory runners;
    private final ThreadFactory threads;
    private final Set<ControlSession> sessions = ConcurrentHashMap.newKeySet();
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Thread acceptor;

    private ControlSocket(SocketFile socket, CommandRunner.Factory runners, ThreadFactory threads) {
        this.socket = socket;
        this.runners = requireNonNull(runners, "runners is null");
        this.threads = requireNonNull(threads, "threads is null");
        this.acceptor = threads.newThread(this::accept);
    }

    /**
     * Listens from now on.
     *
     * @throws IOException with a sentence, when the path cannot be listened at
     */
    public static ControlSocket open(Path path, CommandRunner.Factory runners, ThreadFactory threads)
            throws IOException {
        try {
            ControlSocket opened = new ControlSocket(SocketFile.listen(path), runners, threads);
            opened.acceptor.start();
            return opened;
        } catch (IOException e) {
            throw new IOException("Tried to listen at " + path + " but " + e.getMessage() + ".", e);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.warn("Closing {} failed: {}", socket.path(), e.toString());
        }
        sessions.forEach(ControlSession::close);
    }

    private void accept() {
        boolean told = false;
        while (socket.channel().isOpen()) {
            try {
                serve(socket.channel().accept());
                told = false;
            } catch (IOException e) {
                if (socket.channel().isOpen() && !told) {
                    LOG.warn(
                            "A client of {} could not be accepted ({}); the kernel tries again ten times a second.",
                            socket.path(),
                            e.toString());
                    told = true;
                }
                // Without free file descriptors accept fails at once, for as long as there are none.
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private void serve(SocketChannel client) throws IOException {
        if (sessions.size() >= MOST_SESSIONS) {
            try (client) {
                JsonLines answers = new JsonLines(client);
                answers.send(
                        "err",
                        "The kernel serves " + MOST_SESSIONS + " control clients already; close one and try again.\n");
                answers.send("exit", 2);
            }
            return;
        }
        ControlSession[] own = new ControlSession[1];
        own[0] = new ControlSession(client, runners, threads, () -> sessions.remove(own[0]));
        sessions.add(own[0]);
        own[0].start();
    }
}
