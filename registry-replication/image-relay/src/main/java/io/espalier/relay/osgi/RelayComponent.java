package io.espalier.relay.osgi;

import io.espalier.http.osgi.AnnouncedDoor;
import io.espalier.relay.control.MasterAddress;
import io.espalier.relay.node.RelayException;
import io.espalier.relay.node.RelayNode;
import io.espalier.relay.node.RelaySettings;
import io.espalier.relay.node.RelayStatus;
import io.espalier.relay.node.RelayTexts;
import io.espalier.relay.node.SettingsReader;
import io.espalier.relay.node.StoreTexts;
import io.espalier.relay.protocol.ActAnswer;
import io.espalier.relay.protocol.ArrivalListener;
import io.espalier.relay.protocol.ClusterAuthority;
import io.espalier.relay.protocol.LocalRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
import org.osgi.service.metatype.annotations.Designate;

/**
 * Runs the relay as long as its bundle is active and offers the node's registry as a service. The controller of a master may come
 * and go meanwhile; the master's node joins as soon as it is there.
 */
@Component(service = RelayComponent.class, immediate = true, configurationPid = RelayConfig.PID)
@Designate(ocd = RelayConfig.class)
public final class RelayComponent {
    /** The framework property that names the data folder. */
    private static final String DATA_FOLDER = "espalier.data";

    private final AtomicReference<ClusterAuthority> authority = new AtomicReference<>();
    private final Path folder;
    private final RelayNode node;
    private final AnnouncedDoor announced;
    private final ServiceRegistration<LocalRegistry> registry;
    private final ServiceRegistration<?> metrics;
    private final Optional<ServiceRegistration<?>> elsewhere;

    /** @throws RelayException that names everything that is wrong with the configuration, or what else hinders */
    @Activate
    public RelayComponent(BundleContext context, RelayConfig config) throws RelayException {
        folder = Path.of(Objects.requireNonNullElse(context.getProperty(DATA_FOLDER), "data"))
                .resolve("relay");
        RelaySettings settings = SettingsReader.read(
                texts(config), folder, context.getBundle().getVersion().toString());
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

    static RelayTexts texts(RelayConfig config) {
        return new RelayTexts(
                config.name(),
                config.host(),
                config.bind(),
                config.port(),
                config.master(),
                config.join$_$token(),
                config.site(),
                config.registry$_$url(),
                config.registry$_$user(),
                config.registry$_$password(),
                config.registry$_$ca$_$file(),
                List.of(config.registry$_$insecure$_$http()),
                config.spool$_$bytes(),
                config.uplink$_$bytes$_$per$_$second(),
                config.max$_$children(),
                config.insecure$_$plain$_$http(),
                new StoreTexts(config.store$_$bind(), config.store$_$port(), config.store$_$bytes()));
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

    ActAnswer request(String action, String target, String subject) {
        return node.request(action, target, subject);
    }

    Path folder() {
        return folder;
    }
}
