package io.espalier.conformance.host;

import java.util.ArrayList;
import java.util.List;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/** What the health checks of a host say. */
public final class HealthChecks {
    private HealthChecks() {}

    /** One line for each message, as {@code WARN It waits.} */
    public static List<String> lines(BundleContext context) throws Exception {
        List<String> lines = new ArrayList<>();
        ServiceReference<?>[] checks = context.getAllServiceReferences("org.apache.felix.hc.api.HealthCheck", null);
        for (ServiceReference<?> check : checks == null ? new ServiceReference<?>[0] : checks) {
            Object service = context.getService(check);
            if (service == null) {
                continue; // it went away meanwhile
            }
            Reflected result = Reflected.of(Reflected.of(service).call("execute"));
            String status = String.valueOf(result.call("getStatus"));
            for (Object entry : (Iterable<?>) result.object()) {
                lines.add(status + " " + Reflected.of(entry).call("getMessage"));
            }
            var unused = context.ungetService(check);
        }
        return lines;
    }
}
