package io.espalier.kernel.supervise;

import java.util.concurrent.ThreadFactory;

/** Makes the supervisor's threads: named, daemon, and holding on to nobody's class loader. */
final class KernelThreads {
    private KernelThreads() {}

    static ThreadFactory named(String name) {
        return task -> {
            var thread = new Thread(null, task, name, 0, false);
            thread.setDaemon(true);
            thread.setContextClassLoader(KernelThreads.class.getClassLoader());
            return thread;
        };
    }
}
