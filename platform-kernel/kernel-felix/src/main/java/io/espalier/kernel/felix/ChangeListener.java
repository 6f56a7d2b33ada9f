package io.espalier.kernel.felix;

import static java.util.Objects.requireNonNull;

import org.osgi.framework.AllServiceListener;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleListener;
import org.osgi.framework.ServiceEvent;

/**
 * Tells when bundles or services change. Declarative Services report every change of a component, and so of a configuration
 * that a component reads, as a change of their own service.
 */
final class ChangeListener implements AllServiceListener, BundleListener, AutoCloseable {
    private final BundleContext context;
    private final Runnable changed;

    private ChangeListener(BundleContext context, Runnable changed) {
        this.context = requireNonNull(context, "context is null");
        this.changed = requireNonNull(changed, "changed is null");
    }

    static ChangeListener open(BundleContext context, Runnable changed) {
        ChangeListener listener = new ChangeListener(context, changed);
        context.addServiceListener(listener);
        context.addBundleListener(listener);
        return listener;
    }

    @Override
    public void serviceChanged(ServiceEvent event) {
        changed.run();
    }

    @Override
    public void bundleChanged(BundleEvent event) {
        changed.run();
    }

    @Override
    public void close() {
        context.removeServiceListener(this);
        context.removeBundleListener(this);
    }
}
