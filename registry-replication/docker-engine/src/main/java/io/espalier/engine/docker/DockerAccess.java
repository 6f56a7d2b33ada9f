package io.espalier.engine.docker;

import static java.util.Objects.requireNonNull;

import io.espalier.engine.check.EngineAccess;
import io.espalier.engine.check.ImageEngine;
import java.nio.file.Path;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/** The engine behind a unix socket. Its one thread, {@code docker-engine-watch}, ends calls that take too long. Thread-safe. */
public final class DockerAccess implements EngineAccess, AutoCloseable {
    private final Path socket;
    private final ScheduledThreadPoolExecutor watch;

    /** @param socket as {@code /var/run/docker.sock}; it need not be there */
    public DockerAccess(Path socket) {
        this.socket = requireNonNull(socket, "socket is null").toAbsolutePath();
        this.watch = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "docker-engine-watch");
            thread.setDaemon(true);
            return thread;
        });
        watch.setRemoveOnCancelPolicy(true);
    }

    @Override
    public ImageEngine open() {
        return new DockerEngine(new EngineCalls(socket, watch));
    }

    @Override
    public String address() {
        return "unix://" + socket;
    }

    /** Ends the thread; conversations must be over. */
    @Override
    public void close() {
        watch.shutdownNow();
    }
}
