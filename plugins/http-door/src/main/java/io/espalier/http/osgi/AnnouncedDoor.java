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

    /** Announces what listens on host and port; the path is where a person would begin. */
    public static AnnouncedDoor announce(BundleContext context, String name, String host, int port, String path) {
        requireNonNull(name, "name is null");
        URI address = URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port + path);
        return new AnnouncedDoor(
                context.registerService(URI.class, address, FrameworkUtil.asDictionary(Map.of(NAME, name))));
    }

    @Override
    public void close() {
        registration.unregister();
    }
}
