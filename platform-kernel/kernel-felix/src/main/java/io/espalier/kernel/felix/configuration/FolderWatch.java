package io.espalier.kernel.felix.configuration;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls a task when something in a folder changed, and every two seconds in case the system reports no changes, or there is no folder
 * now.
 */
public final class FolderWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FolderWatch.class);
    private static final Duration RESCAN = Duration.ofSeconds(2);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);

    private final Path folder;
    private final WatchService service;
    private final Runnable task;
    private final Thread thread;
    private @Nullable WatchKey key;

    private FolderWatch(Path folder, WatchService service, Runnable task, ThreadFactory threads) {
        this.folder = folder;
        this.service = service;
        this.task = requireNonNull(task, "task is null");
        this.thread = threads.newThread(this::watch);
    }

    /** Watches from now on; the task runs on one thread of the factory. */
    public static FolderWatch start(Path folder, Runnable task, ThreadFactory threads) throws IOException {
        WatchService service = folder.getFileSystem().newWatchService();
        FolderWatch watch = new FolderWatch(folder, service, task, threads);
        watch.register();
        watch.thread.start();
        return watch;
    }

    @Override
    public void close() {
        try {
            service.close();
            thread.interrupt();
            thread.join(CLOSE_LIMIT.toMillis());
        } catch (IOException e) {
            LOG.warn("Closing a folder watch failed: {}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void watch() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                WatchKey changed = service.poll(RESCAN.toMillis(), TimeUnit.MILLISECONDS);
                if (changed != null) {
                    changed.pollEvents();
                    changed.reset();
                }
                register();
                runTask();
            }
        } catch (InterruptedException | ClosedWatchServiceException closed) {
            LOG.debug("A folder watch has ended.");
        }
    }

    private void register() {
        if (key != null && key.isValid()) {
            return;
        }
        try {
            key = folder.register(
                    service,
                    StandardWatchEventKinds.ENTRY_CREATE,
                    StandardWatchEventKinds.ENTRY_MODIFY,
                    StandardWatchEventKinds.ENTRY_DELETE);
        } catch (IOException away) {
            LOG.debug("The folder {} is not there to be watched.", folder, away);
        }
    }

    private void runTask() {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.error("A look at the configuration folder failed; it goes on with the next.", e);
        }
    }
}
