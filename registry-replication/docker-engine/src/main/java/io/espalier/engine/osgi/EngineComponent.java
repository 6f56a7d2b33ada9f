package io.espalier.engine.osgi;

import io.espalier.engine.node.EngineNode;
import io.espalier.engine.node.EngineSettings;
import io.espalier.relay.protocol.ArrivalListener;
import io.espalier.relay.protocol.LocalRegistry;
import io.espalier.relay.protocol.ReleaseGate;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
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

/** Uses the Docker engine as configured: offers the release gate and listens to arrivals where these are switched on. */
@Component(service = EngineComponent.class, immediate = true)
public final class EngineComponent {
    private final AtomicReference<LocalRegistry> registry = new AtomicReference<>();
    private final List<ServiceRegistration<?>> services = new ArrayList<>();
    private final EngineFile file;
    private final EngineNode node;

    /**
     * Starts it.
     *
     * @throws IOException when the data folder cannot be used
     */
    @Activate
    public EngineComponent(BundleContext context, @Reference(target = EngineFile.RIGHT) EngineFile file)
            throws IOException {
        this.file = file;
        EngineSettings settings = file.settings();
        node = EngineNode.start(
                settings.socket(),
                settings.desk(),
                () -> Optional.ofNullable(registry.get()).map(LocalRegistry::client),
                Clock.systemUTC());
        node.gate().ifPresent(gate -> services.add(context.registerService(ReleaseGate.class, gate, null)));
        node.arrivals()
                .ifPresent(listener -> services.add(context.registerService(ArrivalListener.class, listener, null)));
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

    /** What is wrong with the configuration, so that the former one is in force; empty when nothing is. */
    Optional<String> mistake() {
        return file.mistake();
    }

    EngineNode node() {
        return node;
    }
}
