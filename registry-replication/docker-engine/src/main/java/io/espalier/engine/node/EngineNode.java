package io.espalier.engine.node;

import static java.util.Objects.requireNonNull;

import io.espalier.engine.check.EngineException;
import io.espalier.engine.check.EngineFacts;
import io.espalier.engine.check.ImageEngine;
import io.espalier.engine.desk.ArrivalMode;
import io.espalier.engine.desk.ArrivalTests;
import io.espalier.engine.desk.DeskSettings;
import io.espalier.engine.desk.EngineGate;
import io.espalier.engine.desk.TestDesk;
import io.espalier.engine.docker.DockerAccess;
import io.espalier.registry.client.RegistryClient;
import io.espalier.relay.protocol.ArrivalListener;
import io.espalier.relay.protocol.ReleaseGate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The use of one Docker engine. It starts whether or not there is an engine; one may come and go. Thread-safe. */
public final class EngineNode implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EngineNode.class);

    private final DeskSettings settings;
    private final DockerAccess access;
    private final TestDesk desk;
    private final Supplier<Optional<RegistryClient>> registry;

    private EngineNode(
            DeskSettings settings, DockerAccess access, TestDesk desk, Supplier<Optional<RegistryClient>> registry) {
        this.settings = settings;
        this.access = access;
        this.desk = desk;
        this.registry = registry;
    }

    /**
     * Starts it.
     *
     * @param socket of the engine, which need not be there
     * @param registry of this node; empty while the relay is away
     * @throws IOException when its folder cannot be used
     */
    public static EngineNode start(
            Path socket, DeskSettings settings, Supplier<Optional<RegistryClient>> registry, Clock clock)
            throws IOException {
        requireNonNull(registry, "registry is null");
        DockerAccess access = new DockerAccess(socket);
        try {
            EngineNode node =
                    new EngineNode(settings, access, TestDesk.open(settings, access, registry, clock), registry);
            node.begin(socket);
            return node;
        } catch (IOException | RuntimeException e) {
            access.close();
            throw e;
        }
    }

    private void begin(Path socket) {
        String use = "arrivals: " + settings.arrivals().word() + ", release gate: " + (settings.gate() ? "on" : "off");
        if (!Files.exists(socket)) {
            LOG.info("No Docker engine is at {}; it may come later ({}).", socket, use);
            return;
        }
        LOG.info("The Docker engine at {} is used ({}).", socket, use);
        // The client's classes are loaded only where they are needed.
        if (isInUse()) {
            desk.sweep();
        }
    }

    /** Whether it does anything without being asked. */
    public boolean isInUse() {
        return settings.gate() || settings.arrivals() != ArrivalMode.OFF;
    }

    /** Says whether images may leave the master; empty when that is off. */
    public Optional<ReleaseGate> gate() {
        return settings.gate() ? Optional.of(new EngineGate(settings, desk)) : Optional.empty();
    }

    /** Wants to hear of images that arrived; empty when that is off. */
    public Optional<ArrivalListener> arrivals() {
        return settings.arrivals() == ArrivalMode.OFF
                ? Optional.empty()
                : Optional.of(new ArrivalTests(settings, desk));
    }

    /** The engine as it is now. */
    public EngineFacts facts() throws EngineException {
        try (ImageEngine engine = access.open()) {
            return engine.facts();
        }
    }

    public String address() {
        return access.address();
    }

    public TestDesk desk() {
        return desk;
    }

    DeskSettings settings() {
        return settings;
    }

    /** The node's registry; empty while the relay is away. */
    Optional<RegistryClient> registry() {
        return registry.get();
    }

    /** The shell's commands without a shell. */
    public EngineConsole console() {
        return new EngineConsole(this);
    }

    /** Ends all tests and removes their containers, within some seconds. */
    @Override
    public void close() {
        desk.close();
        access.close();
    }
}
