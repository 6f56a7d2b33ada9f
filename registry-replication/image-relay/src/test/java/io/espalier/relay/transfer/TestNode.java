package io.espalier.relay.transfer;

import io.espalier.registry.client.RegistryClient;
import io.espalier.registry.endpoint.RegistryEndpoint;
import io.espalier.registry.endpoint.RetryPolicy;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.NodeMessage;
import io.espalier.relay.protocol.TransferReport;
import io.espalier.relay.protocol.TransferState;
import io.espalier.testkit.registry.FrontProxy;
import io.espalier.testkit.registry.ImagePusher;
import io.espalier.testkit.registry.RegistryServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A node with a real registry and an engine. */
final class TestNode implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(60);

    private final String name;
    private final MemoryFeeds feeds;
    private final RegistryServer server;
    private final @Nullable FrontProxy proxy;
    private final RegistryClient client;
    private final List<NodeMessage> said = new CopyOnWriteArrayList<>();
    private EngineSettings settings;
    private @Nullable TransferEngine engine;

    private TestNode(String name, MemoryFeeds feeds, Path folder, long spoolBytes, boolean behindProxy)
            throws Exception {
        this.name = name;
        this.feeds = feeds;
        this.server = RegistryServer.in(folder.resolve(name + "-registry")).start();
        this.proxy = behindProxy ? FrontProxy.to(server.uri()) : null;
        this.client = RegistryClient.of(RegistryEndpoint.allowingPlainHttp(proxy == null ? server.uri() : proxy.uri())
                .retrying(new RetryPolicy(2, Duration.ofMillis(50), Duration.ofMillis(100), Duration.ofSeconds(5))));
        this.settings = settings(folder.resolve(name), spoolBytes);
    }

    static TestNode start(String name, MemoryFeeds feeds, Path folder, long spoolBytes, boolean behindProxy)
            throws Exception {
        TestNode node = new TestNode(name, feeds, folder, spoolBytes, behindProxy);
        node.open();
        return node;
    }

    /** Opens the engine, in another folder if one is given. */
    void openIn(Path folder) throws IOException {
        settings = settings(folder, settings.spoolBytes());
        open();
    }

    private EngineSettings settings(Path folder, long spoolBytes) {
        return EngineSettings.in(folder, spoolBytes)
                .withRetries(Duration.ofMillis(100), Duration.ofSeconds(1))
                .of(new NodeId(name));
    }

    void open() throws IOException {
        TransferEngine opened = TransferEngine.open(settings, client, feeds.opener(name), said::add);
        engine = opened;
        feeds.join(name, opened.chunks());
    }

    /** The node goes away for all others, then its engine ends. */
    void stop() {
        feeds.leave(name);
        TransferEngine running = engine;
        if (running != null) {
            running.close();
            engine = null;
        }
    }

    String name() {
        return name;
    }

    Path folder() {
        return settings.folder();
    }

    TransferEngine engine() {
        TransferEngine running = engine;
        if (running == null) {
            throw new IllegalStateException(name + " is stopped.");
        }
        return running;
    }

    FrontProxy proxy() {
        FrontProxy there = proxy;
        if (there == null) {
            throw new IllegalStateException(name + " talks to its registry directly.");
        }
        return there;
    }

    RegistryServer registry() {
        return server;
    }

    ImagePusher reader() {
        return ImagePusher.to(server.uri());
    }

    List<NodeMessage> said() {
        return said;
    }

    List<TransferReport> allReports() {
        return said.stream()
                .filter(NodeMessage.Report.class::isInstance)
                .flatMap(message -> ((NodeMessage.Report) message).transfers().stream())
                .toList();
    }

    Optional<TransferReport> find(String transfer) {
        return engine().reports().stream()
                .filter(report -> report.transfer().equals(transfer))
                .findFirst();
    }

    TransferReport report(String transfer) {
        return find(transfer).orElseThrow(() -> new AssertionError(name + " knows no transfer " + transfer));
    }

    TransferReport await(String transfer, String what, Predicate<TransferReport> condition) {
        try {
            Awaitility.await(name + ": " + what)
                    .atMost(LIMIT)
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> find(transfer).filter(condition).isPresent());
        } catch (org.awaitility.core.ConditionTimeoutException e) {
            throw new AssertionError(name + " never had '" + what + "'; it says " + find(transfer), e);
        }
        return report(transfer);
    }

    TransferReport awaitDone(String transfer) {
        return await(transfer, "done", report -> report.state() == TransferState.DONE);
    }

    @Override
    public void close() {
        stop();
        client.close();
        if (proxy != null) {
            proxy.close();
        }
        server.close();
    }
}
