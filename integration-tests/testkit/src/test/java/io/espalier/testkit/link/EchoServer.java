package io.espalier.testkit.link;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Sends every byte back. */
final class EchoServer implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicLong received = new AtomicLong();

    EchoServer() throws IOException {
        start("echo-accept", this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    long received() {
        return received.get();
    }

    private synchronized void start(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                start("echo", () -> echo(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void echo(Socket socket) {
        byte[] space = new byte[8192];
        try (socket) {
            for (int n = socket.getInputStream().read(space);
                    n >= 0;
                    n = socket.getInputStream().read(space)) {
                received.addAndGet(n);
                socket.getOutputStream().write(space, 0, n);
            }
        } catch (IOException reset) {
            // The test has cut the link.
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
