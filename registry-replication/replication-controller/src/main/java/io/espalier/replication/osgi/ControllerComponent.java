package io.espalier.replication.osgi;

import io.espalier.http.osgi.AnnouncedDoor;
import io.espalier.relay.protocol.ClusterAuthority;
import io.espalier.relay.protocol.LocalRegistry;
import io.espalier.relay.protocol.ReleaseGate;
import io.espalier.replication.node.ControllerException;
import io.espalier.replication.node.ControllerNode;
import io.espalier.replication.node.ControllerSettings;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.Designate;

/**
 * Runs the controller as long as its bundle is active. The cluster's authority is there from the beginning, since the master's own
 * relay joins by it; images follow when that relay offers its registry, and wait while it is gone.
 */
@Component(service = ControllerComponent.class, immediate = true, configurationPid = ControllerConfig.PID)
@Designate(ocd = ControllerConfig.class)
public final class ControllerComponent {
    /** The framework property that names the data folder. */
    private static final String DATA_FOLDER = "espalier.data";

    private final ControllerNode node;
    private final AnnouncedDoor announced;
    private final ServiceRegistration<ClusterAuthority> authority;
    private final ServiceRegistration<?> metrics;

    /**
     * Starts the controller.
     *
     * @throws IllegalArgumentException that names everything that is wrong with the configuration
     */
    @Activate
    public ControllerComponent(BundleContext context, ControllerConfig config) throws ControllerException {
        Path data = Path.of(Objects.requireNonNullElse(context.getProperty(DATA_FOLDER), "data"));
        ControllerSettings settings = new ConfigReader(config, data).read();
        node = ControllerNode.start(settings, Clock.systemUTC());
        announced =
                AnnouncedDoor.announce(context, "replication controller", settings.host(), node.port(), "/v1/nodes");
        authority = context.registerService(ClusterAuthority.class, node.authority(), null);
        metrics = context.registerService(
                Supplier.class, node.metrics(), FrameworkUtil.asDictionary(Map.of("espalier.metrics", "prometheus")));
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindRegistry(LocalRegistry registry) {
        node.useRegistry(registry.client());
    }

    void unbindRegistry(LocalRegistry registry) {
        node.forgetRegistry(registry.client());
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindGate(ReleaseGate gate) {
        node.releases().use(gate);
    }

    void unbindGate(ReleaseGate gate) {
        node.releases().forget(gate);
    }

    /** Stops the controller; nothing of it is left. */
    @Deactivate
    void stop() {
        metrics.unregister();
        authority.unregister();
        announced.close();
        node.close();
    }

    ControllerNode node() {
        return node;
    }
}
