package io.espalier.kernel.felix;

import java.util.ArrayList;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/** Registers objects as Gogo commands. */
final class Commands implements AutoCloseable {
    private final BundleContext context;
    private final List<ServiceRegistration<?>> registrations = new ArrayList<>();

    Commands(BundleContext context) {
        this.context = context;
    }

    Commands add(String scope, Object commands, String... functions) {
        Dictionary<String, Object> properties = new Hashtable<>();
        properties.put("osgi.command.scope", scope);
        properties.put("osgi.command.function", functions);
        registrations.add(context.registerService(Object.class, commands, properties));
        return this;
    }

    @Override
    public void close() {
        registrations.forEach(ServiceRegistration::unregister);
        registrations.clear();
    }
}
