package io.espalier.kernel.felix;

import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** Starts and stops the kernel with its bundle. */
public final class KernelActivator implements BundleActivator {
    @Override
    public void start(BundleContext context) {}

    @Override
    public void stop(BundleContext context) {}
}
