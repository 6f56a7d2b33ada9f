package io.espalier.replication.osgi;

import io.espalier.http.osgi.AnnouncedDoor;
import io.espalier.relay.protocol.ClusterAuthority;
import io.espalier.relay.protocol.LocalRegistry;
import io.espalier.relay.protocol.ReleaseGate;
import io.espalier.replication.node.ControllerException;
import io.espalier.replication.node.ControllerNode;
import io.espalier.replication.node.ControllerStart;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
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
 * Runs the controller as long as its bundle is active. The cluster's authority is there from the beginning, since the master's own
 * relay joins by it; images follow when that relay offers its registry, and wait while it is gone.
 */
@Component(service = ControllerComponent.class, immediate = true)
public final class ControllerComponent {
    private final BundleContext context;
    private final ControllerFile file;
    private final String host;
    private final ControllerStart start;
    private final Deque<Runnable> announced = new ArrayDeque<>();
    private final List<Consumer<ControllerNode>> waiting = new ArrayList<>();
    private @Nullable LocalRegistry registry;
    private @Nullable ReleaseGate gate;
    private boolean stopped;

    /** Starts the controller, later if its database does not answer now or its authority cannot be used. */
    @Activate
    public ControllerComponent(BundleContext context, @Reference(target = ControllerFile.RIGHT) ControllerFile file)
            throws ControllerException {
        this.context = context;
        this.file = file;
        this.host = file.settings().host();
        this.start = ControllerStart.begin(file.settings(), Clock.systemUTC(), this::announce);
    }

    private void announce(ControllerNode node) {
        List<Consumer<ControllerNode>> tasks;
        synchronized (this) {
            if (stopped) {
                return;
            }
            register(node);
            tasks = List.copyOf(waiting);
            waiting.clear();
        }
        tasks.forEach(task -> task.accept(node));
    }

    private void register(ControllerNode node) {
        AnnouncedDoor door = AnnouncedDoor.announce(context, "replication controller", host, node.port(), "/v1/nodes");
        announced.push(door::close);
        ServiceRegistration<?> authority = context.registerService(ClusterAuthority.class, node.authority(), null);
        announced.push(authority::unregister);
        ServiceRegistration<?> metrics = context.registerService(
                Supplier.class, node.metrics(), FrameworkUtil.asDictionary(Map.of("espalier.metrics", "prometheus")));
        announced.push(metrics::unregister);
        LocalRegistry present = registry;
        if (present != null) {
            node.useRegistry(present.client());
        }
        ReleaseGate known = gate;
        if (known != null) {
            node.releases().use(known);
        }
    }

    /** Calls this once with the controller: now, or when it starts after it waited. */
    void whenStarted(Consumer<ControllerNode> task) {
        synchronized (this) {
            if (!start.waits().isEmpty()) {
                waiting.add(task);
                return;
            }
        }
        task.accept(start.node());
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    synchronized void bindRegistry(LocalRegistry found) {
        registry = found;
        if (start.waits().isEmpty()) {
            start.node().useRegistry(found.client());
        }
    }

    synchronized void unbindRegistry(LocalRegistry gone) {
        if (gone == registry) {
            registry = null;
        }
        if (start.waits().isEmpty()) {
            start.node().forgetRegistry(gone.client());
        }
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    synchronized void bindGate(ReleaseGate found) {
        gate = found;
        if (start.waits().isEmpty()) {
            start.node().releases().use(found);
        }
    }

    synchronized void unbindGate(ReleaseGate gone) {
        if (gone == gate) {
            gate = null;
        }
        if (start.waits().isEmpty()) {
            start.node().releases().forget(gone);
        }
    }

    /** Stops the controller; nothing of it is left. */
    @Deactivate
    void stop() {
        synchronized (this) {
            stopped = true;
            while (!announced.isEmpty()) {
                announced.pop().run();
            }
        }
        start.close();
    }

    /**
     * The controller.
     *
     * @throws IllegalStateException with a sentence while it waits
     */
    ControllerNode node() {
        return start.node();
    }

    /** What is wrong with the configuration, so that the former one is in force; empty when nothing is. */
    Optional<String> mistake() {
        return file.mistake();
    }

    /** Why the controller has not started yet; empty when it has. */
    Optional<String> waits() {
        return start.waits();
    }
}
