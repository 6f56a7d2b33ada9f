package io.espalier.relay.osgi;

import io.espalier.http.osgi.AnnouncedDoor;
import io.espalier.relay.control.MasterAddress;
import io.espalier.relay.node.RelayException;
import io.espalier.relay.node.RelayNode;
import io.espalier.relay.node.RelaySettings;
import io.espalier.relay.node.RelayStatus;
import io.espalier.relay.protocol.ActAnswer;
import io.espalier.relay.protocol.ArrivalListener;
import io.espalier.relay.protocol.ClusterAuthority;
import io.espalier.relay.protocol.LocalRegistry;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
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

/**
 * Runs the relay as long as its bundle is active and offers the node's registry as a service. The controller of a master may come
 * and go meanwhile; the master's node joins as soon as it is there.
 */
@Component(service = RelayComponent.class, immediate = true)
public final class RelayComponent {
    private final AtomicReference<ClusterAuthority> authority = new AtomicReference<>();
    private final RelayFile file;
    private final RelayNode node;
    private final AnnouncedDoor announced;
    private final ServiceRegistration<LocalRegistry> registry;
    private final ServiceRegistration<?> metrics;
    private final Optional<ServiceRegistration<?>> elsewhere;

    /** @throws RelayException that names what hinders */
    @Activate
    public RelayComponent(BundleContext context, @Reference(target = RelayFile.RIGHT) RelayFile file)
            throws RelayException {
        this.file = file;
        RelaySettings settings = file.settings();
        node = RelayNode.start(settings, () -> Optional.ofNullable(authority.get()), Clock.systemUTC());
        announced = AnnouncedDoor.announce(context, "image relay", node.address());
        registry = context.registerService(
                LocalRegistry.class,
                node,
                FrameworkUtil.asDictionary(Map.of("node", node.node().value())));
        metrics = context.registerService(
                Supplier.class,
                (Supplier<String>) node::metrics,
                FrameworkUtil.asDictionary(Map.of("espalier.metrics", "prometheus")));
        elsewhere = settings.master()
                .map(master -> context.registerService(
                        Object.class, new Object(), FrameworkUtil.asDictionary(commandsOf(master))));
    }

    /** So that the shell of a node says where those commands are that people look for there. */
    private static Map<String, Object> commandsOf(MasterAddress master) {
        return Map.of(
                "espalier.commands.elsewhere",
                new String[] {"node", "tree", "image", "control", "harbor"},
                "espalier.commands.sentence",
                "is a command of the master; run it there (" + master
                        + "). What this node may do itself is asked for with" + " control:ask.");
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindAuthority(ClusterAuthority found) {
        authority.set(found);
    }

    void unbindAuthority(ClusterAuthority gone) {
        authority.compareAndSet(gone, null);
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindListener(ArrivalListener listener) {
        node.listen(listener);
    }

    void unbindListener(ArrivalListener listener) {
        node.forget(listener);
    }

    /** Stops the node; nothing of it is left. */
    @Deactivate
    public void stop() {
        elsewhere.ifPresent(ServiceRegistration::unregister);
        metrics.unregister();
        registry.unregister();
        announced.close();
        node.close();
    }

    RelayStatus status() {
        return node.status();
    }

    ActAnswer resume(String image) {
        return node.resume(image);
    }

    ActAnswer request(String action, String target, String subject) {
        return node.request(action, target, subject);
    }

    /** What is wrong with the configuration, so that the former one is in force; empty when nothing is. */
    Optional<String> mistake() {
        return file.mistake();
    }
}
