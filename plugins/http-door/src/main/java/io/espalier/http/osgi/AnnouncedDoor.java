package io.espalier.http.osgi;

import static java.util.Objects.requireNonNull;

import java.net.URI;
import java.util.Map;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;

/**
 * Makes an open door known as a service of type {@link URI} with the property {@code espalier.door}, which is its name for
 * people; {@code kernel:info} lists all of them.
 */
public final class AnnouncedDoor implements AutoCloseable {
    private static final String NAME = "espalier.door";

    private final ServiceRegistration<URI> registration;

    private AnnouncedDoor(ServiceRegistration<URI> registration) {
        this.registration = registration;
    }

    /** Announces what listens on host and port without TLS; the path is where a person would begin. */
    public static AnnouncedDoor announce(BundleContext context, String name, String host, int port, String path) {
        return announce(
                context,
                name,
                URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port + path));
    }

    /** Announces a door by the address where a person would begin, as {@link io.espalier.http.HttpDoor#address} gives it. */
    public static AnnouncedDoor announce(BundleContext context, String name, URI address) {
        requireNonNull(name, "name is null");
        requireNonNull(address, "address is null");
        return new AnnouncedDoor(
                context.registerService(URI.class, address, FrameworkUtil.asDictionary(Map.of(NAME, name))));
    }

    @Override
    public void close() {
        registration.unregister();
    }
}
