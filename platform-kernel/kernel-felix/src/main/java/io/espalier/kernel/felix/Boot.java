package io.espalier.kernel.felix;

import static java.util.Objects.requireNonNull;

import io.espalier.kernel.felix.context.ContextThreads;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.FrameworkListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the second half of the kernel's start, on the thread {@code kernel-boot}, once the framework has started. */
final class Boot implements FrameworkListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Boot.class);
    private static final long CLOSE_LIMIT_MILLIS = 5000;

    private final BundleContext context;
    private final Work work;
    private final CountDownLatch started = new CountDownLatch(1);
    private @Nullable Thread thread;

    /** What is to be done. */
    interface Work {
        void run() throws Exception;
    }

    Boot(BundleContext context, Work work) {
        this.context = requireNonNull(context, "context is null");
        this.work = requireNonNull(work, "work is null");
    }

    void start(ContextThreads threads) {
        context.addFrameworkListener(this);
        if (context.getBundle(0).getState() == Bundle.ACTIVE) {
            started.countDown();
        }
        Thread fresh = threads.thread("kernel-boot", this::run);
        thread = fresh;
        fresh.start();
    }

    @Override
    public void frameworkEvent(FrameworkEvent event) {
        if (event.getType() == FrameworkEvent.STARTED) {
            started.countDown();
        }
    }

    @Override
    public void close() {
        context.removeFrameworkListener(this);
        Thread running = thread;
        if (running == null) {
            return;
        }
        running.interrupt();
        try {
            running.join(CLOSE_LIMIT_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (!started.await(30, TimeUnit.SECONDS)) {
                LOG.warn("The framework has not started yet; a system bundle's start takes long.");
            }
            work.run();
        } catch (InterruptedException stopped) {
            LOG.debug("The kernel was stopped before it had started.");
        } catch (Exception e) {
            LOG.error("The second half of the kernel's start failed; plug-ins may be missing.", e);
        }
    }
}
