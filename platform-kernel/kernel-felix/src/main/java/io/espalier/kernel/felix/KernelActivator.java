package io.espalier.kernel.felix;

import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.Constants;
import org.osgi.framework.SynchronousBundleListener;

/**
 * Starts and stops the kernel with its bundle. When the whole framework is about to stop, the kernel stops first: it stops
 * the plug-ins in its own order and within their budgets, before the framework would stop them in its own.
 */
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
        SynchronousBundleListener beforeTheFramework = event -> {
            if (event.getType() == BundleEvent.STOPPING
                    && event.getBundle().getBundleId() == Constants.SYSTEM_BUNDLE_ID) {
                stop(context);
            }
        };
        context.addBundleListener(beforeTheFramework);
    }

    @Override
    public void stop(BundleContext context) {
        Kernel running = take();
        if (running != null) {
            running.close();
        }
    }

    private synchronized @Nullable Kernel take() {
        Kernel running = kernel;
        kernel = null;
        return running;
    }
}
