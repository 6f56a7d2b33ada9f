package io.espalier.kernel.felix;

import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** Starts and stops the kernel with its bundle. */
public final class KernelActivator implements BundleActivator {
    private @Nullable Kernel kernel;

    @Override
    public void start(BundleContext context) {
        Kernel fresh = new Kernel(context);
        kernel = fresh;
        try {
            fresh.start();
        } catch (RuntimeException | Error e) {
            fresh.close();
            throw e;
        }
    }

    @Override
    public void stop(BundleContext context) {
        Kernel running = kernel;
        kernel = null;
        if (running != null) {
            running.close();
        }
    }
}
