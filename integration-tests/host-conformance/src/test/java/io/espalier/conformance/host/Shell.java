package io.espalier.conformance.host;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/** The Gogo shell of a host. */
public final class Shell {
    private final Reflected processor;

    public Shell(BundleContext context) {
        this.processor = Reflected.service(context, "org.apache.felix.service.command.CommandProcessor");
    }

    /** What the line prints and returns, as a person at the shell sees it. */
    public String run(String line) throws Exception {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        Reflected session =
                Reflected.of(processor.call("createSession", new ByteArrayInputStream(new byte[0]), output, output));
        try {
            Object result = session.call("execute", line);
            return output.toString(StandardCharsets.UTF_8) + (result == null ? "" : result);
        } finally {
            var unused = session.call("close");
        }
    }

    /** The commands of these bundles, as {@code scope:function}. */
    public static Set<String> commands(Iterable<Bundle> bundles) {
        Set<String> commands = new TreeSet<>();
        for (Bundle bundle : bundles) {
            ServiceReference<?>[] services = bundle.getRegisteredServices();
            for (ServiceReference<?> service : services == null ? new ServiceReference<?>[0] : services) {
                Object functions = service.getProperty("osgi.command.function");
                Object[] names = functions instanceof Object[] many ? many : new Object[] {functions};
                Arrays.stream(names)
                        .filter(String.class::isInstance)
                        .map(name -> service.getProperty("osgi.command.scope") + ":" + name)
                        .forEach(commands::add);
            }
        }
        return commands;
    }
}
