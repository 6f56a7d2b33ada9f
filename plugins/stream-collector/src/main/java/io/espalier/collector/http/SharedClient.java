package io.espalier.collector.http;

import java.net.http.HttpClient;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one HTTP client of a collector and its threads. Each stream has one request on its way at most, so it uses one
 * connection; no code that waits runs on the client's threads.
 */
public final class SharedClient implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SharedClient.class);
    private static final long STOP_SECONDS = 1;
    private static final int THREADS = 2;
    private static final int QUEUE = 16_384;

    private final ThreadPoolExecutor executor;
    private final HttpClient client;

    public SharedClient(Duration connectTimeout) {
        AtomicInteger count = new AtomicInteger();
        executor = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                10,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(QUEUE),
                task -> {
                    Thread thread = new Thread(task, "collector-http-" + count.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                },
                new ThreadPoolExecutor.CallerRunsPolicy());
        client = build(connectTimeout);
    }

    /**
     * The JDK's client of version 17 has a selector thread that ends only some time after the client is garbage. Made without
     * a context class loader, that thread does not hold the plug-in's classes until then.
     */
    private HttpClient build(Duration connectTimeout) {
        Thread current = Thread.currentThread();
        ClassLoader before = current.getContextClassLoader();
        current.setContextClassLoader(null);
        try {
            return HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(connectTimeout)
                    .executor(executor)
                    .build();
        } finally {
            current.setContextClassLoader(before);
        }
    }

    public HttpClient client() {
        return client;
    }

    /** Ends the client's threads, within a second; answers that come later are lost. */
    @Override
    public void close() {
        var unused = executor.shutdownNow();
        try {
            if (!executor.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                log.warn("The collector's HTTP threads did not end within {} s.", STOP_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
