package io.espalier.replication.node;

import static java.util.Objects.requireNonNull;

import io.espalier.embedded.node.EmbeddedSettings;
import io.espalier.kafka.embedded.LoopbackPorts;
import io.espalier.registry.endpoint.RegistryEndpoint;
import io.espalier.relay.control.MasterAddress;
import io.espalier.relay.identity.JoinToken;
import io.espalier.relay.node.RelayNode;
import io.espalier.relay.node.RelaySettings;
import io.espalier.relay.protocol.NodeCapacity;
import io.espalier.relay.protocol.NodeId;
import io.espalier.replication.authority.JoinTokens;
import io.espalier.replication.control.ControlSettings;
import io.espalier.replication.database.ControllerDatabase;
import io.espalier.replication.database.DatabaseAccess;
import io.espalier.replication.image.ImageFilter;
import io.espalier.replication.measure.MeasureSettings;
import io.espalier.replication.plan.PlanSettings;
import io.espalier.replication.removal.RemovalSettings;
import io.espalier.replication.retention.RetentionRule;
import io.espalier.replication.transfer.Backfill;
import io.espalier.replication.transfer.GateRule;
import io.espalier.replication.transfer.PriorityRules;
import io.espalier.replication.transfer.TransferSettings;
import io.espalier.replication.window.WindowRules;
import io.espalier.testkit.registry.ImagePusher;
import io.espalier.testkit.registry.RegistryPlan;
import io.espalier.testkit.registry.RegistryServer;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** A controller and real relays with real registries in this process; the controller's clock is pushed on by the test. */
final class RemovalCluster implements AutoCloseable {
    static final String MASTER = "master";

    private final Path folder;
    private final RemovalSettings removals;
    private final AtomicLong ahead = new AtomicLong();
    private final Map<String, RegistryServer> registries = new LinkedHashMap<>();
    private final Map<String, URI> uris = new LinkedHashMap<>();
    private final Map<String, RelayNode> relays = new LinkedHashMap<>();
    private TransferSettings transfers;
    private ControllerNode controller;

    static TransferSettings transfers(WindowRules windows, long linkBytesPerSecond) {
        return new TransferSettings(
                ImageFilter.everything(),
                PriorityRules.parse(List.of()),
                Backfill.CURRENT,
                0,
                linkBytesPerSecond,
                GateRule.IF_PRESENT,
                windows);
    }

    RemovalCluster(Path folder, RemovalSettings removals, TransferSettings transfers) throws Exception {
        this.folder = folder;
        this.transfers = transfers;
        this.removals = removals;
        this.controller = startController();
        addRegistry(MASTER, RegistryServer.in(folder.resolve("registry-" + MASTER)));
        startRelay(MASTER, Optional.empty(), Optional.empty());
        controller.useRegistry(relay(MASTER).client());
    }

    private ControllerSettings settings() {
        return new ControllerSettings(
                "127.0.0.1",
                0,
                DatabaseAccess.to(ControllerDatabase.fileUrl(folder)),
                folder.resolve("replication"),
                "test",
                PlanSettings.DEFAULT,
                MeasureSettings.DEFAULT,
                transfers,
                Duration.ofMillis(300),
                Optional.empty(),
                "",
                ControlSettings.DEFAULT,
                removals,
                new RetentionRule(1, 0));
    }

    private Clock clock() {
        return new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return Instant.now().plusMillis(ahead.get());
            }
        };
    }

    /** Lets the controller's clocks run ahead. */
    void pass(Duration time) {
        ahead.addAndGet(time.toMillis());
    }

    private void addRegistry(String name, RegistryPlan plan) {
        RegistryServer server = plan.start();
        registries.put(name, server);
        uris.put(name, server.uri());
    }

    /** A node whose registry deletes, or not. */
    RemovalCluster join(String name, boolean deletes) throws Exception {
        RegistryPlan plan = RegistryServer.in(folder.resolve("registry-" + name));
        addRegistry(name, deletes ? plan : plan.withoutDelete());
        startRelay(name, Optional.of(master()), Optional.of(controller.tokens().create(JoinTokens.DEFAULT_LIFE, 1)));
        return this;
    }

    /** A node that reaches the master at this port; its registry does not delete. */
    RemovalCluster joinOver(int port, String name) throws Exception {
        addRegistry(name, RegistryServer.in(folder.resolve("registry-" + name)).withoutDelete());
        startRelay(
                name,
                Optional.of(new MasterAddress("localhost", port, false)),
                Optional.of(controller.tokens().create(JoinTokens.DEFAULT_LIFE, 1)));
        return this;
    }

    /** The controller stops and starts again with other settings; relays go on. */
    void restartController(TransferSettings now) throws Exception {
        controller.forgetRegistry(relay(MASTER).client());
        controller.close();
        transfers = now;
        controller = startController();
        controller.useRegistry(relay(MASTER).client());
    }

    private ControllerNode startController() throws Exception {
        return ControllerNode.start(settings(), clock(), () -> System.nanoTime() + ahead.get() * 1_000_000);
    }

    /** A node that keeps images itself. */
    RemovalCluster joinWithStore(String name) throws Exception {
        uris.put(name, URI.create("http://127.0.0.1:" + LoopbackPorts.free()));
        startRelay(name, Optional.of(master()), Optional.of(controller.tokens().create(JoinTokens.DEFAULT_LIFE, 1)));
        return this;
    }

    private URI uri(String name) {
        return requireNonNull(uris.get(name), name);
    }

    private MasterAddress master() {
        return new MasterAddress("localhost", relay(MASTER).port(), false);
    }

    /** A known node comes back. */
    void startRelay(String name) throws Exception {
        startRelay(name, Optional.of(master()), Optional.empty());
    }

    private void startRelay(String name, Optional<MasterAddress> master, Optional<String> token) throws Exception {
        RelaySettings settings = new RelaySettings(
                new NodeId(name),
                "localhost",
                "127.0.0.1",
                0,
                master,
                token.map(JoinToken::parse),
                "",
                RegistryEndpoint.allowingPlainHttp(uri(name)).callingItself("espalier-image-relay"),
                folder.resolve("relay-" + name),
                64L << 20,
                NodeCapacity.NONE,
                false,
                "test",
                Optional.empty());
        relays.put(
                name,
                RelayNode.start(
                        registries.containsKey(name) ? settings : settings.with(store(name)),
                        () -> master.isEmpty() ? Optional.of(controller.authority()) : Optional.empty(),
                        Clock.systemUTC()));
    }

    private EmbeddedSettings store(String name) {
        return new EmbeddedSettings(
                folder.resolve("store-" + name),
                "localhost",
                "127.0.0.1",
                uri(name).getPort(),
                64L << 20);
    }

    void stopRelay(String name) {
        requireNonNull(relays.remove(name), name).close();
    }

    RegistryServer registry(String name) {
        return requireNonNull(registries.get(name), name);
    }

    ImagePusher at(String name) {
        return ImagePusher.to(uri(name));
    }

    ControllerNode controller() {
        return controller;
    }

    RelayNode relay(String name) {
        return requireNonNull(relays.get(name), name);
    }

    String removals() throws Exception {
        return controller.removalConsole().removals(List.of());
    }

    @Override
    public void close() {
        relays.values().stream()
                .filter(relay -> !relay.node().value().equals(MASTER))
                .forEach(RelayNode::close);
        controller.forgetRegistry(relay(MASTER).client());
        relay(MASTER).close();
        controller.close();
        registries.values().forEach(RegistryServer::close);
    }
}
