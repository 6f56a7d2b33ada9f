package io.espalier.kernel.felix;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/** What {@code kernel:info} tells. */
final class KernelFacts {
    private KernelFacts() {}

    static Map<String, String> of(BundleContext context, KernelFolders folders, String endpoint) {
        Bundle framework = context.getBundle(0);
        Runtime runtime = Runtime.getRuntime();
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("kernel", context.getBundle().getVersion().toString());
        facts.put("framework", framework.getSymbolicName() + " " + framework.getVersion());
        facts.put("java", Runtime.version().toString());
        facts.put("process", Long.toString(ProcessHandle.current().pid()));
        facts.put("up", Duration.between(folders.started(), Instant.now()).toSeconds() + " s");
        facts.put(
                "heap",
                (runtime.totalMemory() - runtime.freeMemory()) / 1024 + " KiB used of " + runtime.maxMemory() / 1024
                        + " KiB");
        facts.put("threads", Integer.toString(Thread.getAllStackTraces().size()));
        facts.put("bundles", Integer.toString(context.getBundles().length));
        facts.put("home", folders.home().toString());
        facts.put("configuration", folders.etc().toString());
        facts.put("data", folders.data().toString());
        facts.put("log", folders.log().toString());
        facts.put("drop folder", folders.deploy().toString());
        facts.put("profile", folders.profile().map(Object::toString).orElse("none"));
        facts.put("endpoint", endpoint);
        facts.putAll(doors(context));
        return facts;
    }

    /** What plug-ins listen on: services of type URI with a name for people. */
    private static Map<String, String> doors(BundleContext context) {
        Map<String, String> doors = new TreeMap<>();
        try {
            for (ServiceReference<URI> reference : context.getServiceReferences(URI.class, "(espalier.door=*)")) {
                URI address = context.getService(reference);
                if (address != null) {
                    doors.put(String.valueOf(reference.getProperty("espalier.door")), address.toString());
                    context.ungetService(reference);
                }
            }
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException("The filter for doors is wrong.", e);
        }
        return doors;
    }
}
