package io.espalier.kernel.felix;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;

/** Registers objects as Gogo commands. */
final class Commands implements AutoCloseable {
    private final BundleContext context;
    private final List<ServiceRegistration<?>> registrations = new ArrayList<>();

    Commands(BundleContext context) {
        this.context = context;
    }

    Commands add(String scope, Object commands, String... functions) {
        Map<String, Object> properties = Map.of("osgi.command.scope", scope, "osgi.command.function", functions);
        registrations.add(context.registerService(Object.class, commands, FrameworkUtil.asDictionary(properties)));
        return this;
    }

    @Override
    public void close() {
        registrations.forEach(ServiceRegistration::unregister);
        registrations.clear();
    }
}
