package io.espalier.bench.osgi;

import java.util.function.Supplier;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** As small as a plug-in that does something can be: it registers one service. */
public final class SampleActivator implements BundleActivator {
    @Override
    public void start(BundleContext context) {
        context.registerService(Supplier.class, () -> "sample", null);
    }

    @Override
    public void stop(BundleContext context) {
        // the framework withdraws the service
    }
}
