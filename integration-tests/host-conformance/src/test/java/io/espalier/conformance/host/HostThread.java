package io.espalier.conformance.host;

import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;

/** Does what the host does: on a thread that sees no class by its context class loader, and that ends with its thread-locals. */
public final class HostThread {
    private HostThread() {}

    public static <T> T call(Callable<T> task) throws Exception {
        FutureTask<T> running = new FutureTask<>(task);
        Thread thread = new Thread(running, "host");
        thread.setContextClassLoader(new ClassLoader(null) {});
        thread.start();
        T result = running.get();
        thread.join();
        return result;
    }
}
