package io.espalier.engine.osgi;

import io.espalier.engine.node.EngineNode;
import io.espalier.engine.node.EngineSettings;
import io.espalier.relay.protocol.ArrivalListener;
import io.espalier.relay.protocol.LocalRegistry;
import io.espalier.relay.protocol.ReleaseGate;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.Designate;

/** Uses the Docker engine as configured: offers the release gate and listens to arrivals where these are switched on. */
@Component(service = EngineComponent.class, immediate = true, configurationPid = EngineConfig.PID)
@Designate(ocd = EngineConfig.class)
public final class EngineComponent {
    /** The framework property that names the data folder. */
    private static final String DATA_FOLDER = "espalier.data";

    private final AtomicReference<LocalRegistry> registry = new AtomicReference<>();
    private final List<ServiceRegistration<?>> services = new ArrayList<>();
    private final EngineNode node;

    /**
     * Starts it.
     *
     * @throws IllegalArgumentException that names everything that is wrong with the configuration
     * @throws IOException when the data folder cannot be used
     */
    @Activate
    public EngineComponent(BundleContext context, EngineConfig config) throws IOException {
        Path folder = Path.of(Objects.requireNonNullElse(context.getProperty(DATA_FOLDER), "data"))
                .resolve("engine")
                .toAbsolutePath();
        EngineSettings settings = EngineSettings.read(texts(config), folder);
        node = EngineNode.start(
                settings.socket(),
                settings.desk(),
                () -> Optional.ofNullable(registry.get()).map(LocalRegistry::client),
                Clock.systemUTC());
        node.gate().ifPresent(gate -> services.add(context.registerService(ReleaseGate.class, gate, null)));
        node.arrivals()
                .ifPresent(listener -> services.add(context.registerService(ArrivalListener.class, listener, null)));
    }

    static EngineSettings.Texts texts(EngineConfig config) {
        return new EngineSettings.Texts(
                config.socket(),
                config.arrivals(),
                config.gate(),
                List.of(config.repositories()),
                List.of(config.commands()),
                config.stay$_$up$_$seconds(),
                config.time$_$limit$_$seconds(),
                config.memory$_$bytes(),
                config.cpus(),
                config.pids(),
                config.network(),
                config.read$_$only(),
                config.parallel$_$tests(),
                config.keep$_$logs(),
                config.registry$_$host());
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindRegistry(LocalRegistry found) {
        registry.set(found);
    }

    void unbindRegistry(LocalRegistry gone) {
        registry.compareAndSet(gone, null);
    }

    /** Ends all tests; nothing of them is left in the engine. */
    @Deactivate
    void stop() {
        services.forEach(ServiceRegistration::unregister);
        node.close();
    }

    EngineNode node() {
        return node;
    }
}
