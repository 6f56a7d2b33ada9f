package io.espalier.relay.node;

import static java.util.Objects.requireNonNull;

import io.espalier.http.DoorException;
import io.espalier.registry.client.RegistryClient;
import io.espalier.registry.error.RegistryException;
import io.espalier.relay.act.ActDesk;
import io.espalier.relay.act.Requests;
import io.espalier.relay.control.CertificateSource;
import io.espalier.relay.control.ControlClient;
import io.espalier.relay.control.Enrolment;
import io.espalier.relay.control.JoinClient;
import io.espalier.relay.control.LocalSource;
import io.espalier.relay.control.MasterAddress;
import io.espalier.relay.control.NodeFacts;
import io.espalier.relay.identity.IdentityException;
import io.espalier.relay.identity.NodeIdentity;
import io.espalier.relay.permission.PermissionCheck;
import io.espalier.relay.probe.Prober;
import io.espalier.relay.protocol.ActAnswer;
import io.espalier.relay.protocol.ArrivalListener;
import io.espalier.relay.protocol.ClusterAuthority;
import io.espalier.relay.protocol.ControlAction;
import io.espalier.relay.protocol.LocalRegistry;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.NodeMessage;
import io.espalier.relay.protocol.TransferState;
import io.espalier.relay.spool.DiskSpace;
import io.espalier.relay.transfer.EngineSettings;
import io.espalier.relay.transfer.TransferEngine;
import io.espalier.relay.wire.VertxProbeOpener;
import java.io.IOException;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A relay node that runs. It starts whether or not master and registry can be reached, and goes on with its transfers while they
 * are away. Thread-safe.
 */
public final class RelayNode implements LocalRegistry, AutoCloseable {
    private static final Duration MASTER_ANSWERS_IN = Duration.ofSeconds(10);
    private static final Logger LOG = LoggerFactory.getLogger(RelayNode.class);

    private final RelaySettings settings;
    private final Clock clock;
    private final Stops stops;
    private final MasterState state;
    private final TransferTotals totals = new TransferTotals();
    private final NodeIdentity identity;
    private final RegistryClient registry;
    private final RegistryWatch registryWatch;
    private final RelayDoor door;
    private final TransferEngine engine;
    private final Enrolment enrolment;
    private final Requests requests;
    private final RelayActs acts;
    private final NodeCondition condition;
    private final MasterOrders orders;
    private final Object controlLock = new Object();
    private @Nullable CompletableFuture<Void> joining;
    private @Nullable ControlClient control;
    private boolean closed;

    /** Starts all parts; what was started is left to {@link #stops} when one fails. */
    private RelayNode(RelaySettings settings, Supplier<Optional<ClusterAuthority>> authority, Clock clock, Stops stops)
            throws IdentityException, RegistryException, DoorException, IOException {
        this.settings = settings;
        this.clock = clock;
        this.state = new MasterState(clock);
        this.stops = stops;
        identity = NodeIdentity.open(settings.folder().resolve("identity"), settings.node(), clock);
        OwnRegistry own = OwnRegistry.open(settings, clock);
        stops.add("the registry", own::close);
        registry = own.client();
        condition = new NodeCondition(() -> DiskSpace.of(settings.folder()), this::sayOnce);
        registryWatch = RegistryWatch.of(own.watcher(), this::isUneasy, this::lookAtCondition);
        stops.add("the watch of the registry", registryWatch::close);
        door = RelayDoor.open(settings, identity, authority);
        door.closeWith(stops);
        engine = TransferEngine.open(
                EngineSettings.in(settings.folder(), settings.spoolBytes()).of(settings.node()),
                registry,
                door.opener(),
                this::say);
        stops.add("transfers", engine::close);
        door.serve(engine.chunks());
        Prober prober = new Prober(new VertxProbeOpener(door.vertx(), door.sockets()));
        MeasureThread measures = new MeasureThread(prober, this::say);
        stops.add("measurements", measures::close);
        enrolment = Enrolment.start(identity, source(authority));
        stops.add("the enrolment", enrolment::close);
        acts = new RelayActs(settings.node(), registry, engine, authority, this::say);
        ActDesk desk = new ActDesk(
                PermissionCheck.open(
                        settings.node(),
                        () -> identity.authority().map(X509Certificate::getPublicKey),
                        settings.folder().resolve("permissions"),
                        clock),
                acts,
                this::say);
        door.acts().serve(desk);
        requests = new Requests(settings.node(), this::sayNow, desk, door.calls(), MASTER_ANSWERS_IN);
        orders = new MasterOrders(identity, door, engine, measures, enrolment, state, requests, condition);
        stops.add("the link to the master", this::closeControl);
    }

    /**
     * Starts a node.
     *
     * @param authority the controller of this process, which only a master needs; it may come later and go
     * @throws RelayException with a sentence, as when the port is taken or the registry's CA file is no such file; nothing is left
     *     running then
     */
    public static RelayNode start(RelaySettings settings, Supplier<Optional<ClusterAuthority>> authority, Clock clock)
            throws RelayException {
        requireNonNull(settings, "settings is null");
        requireNonNull(authority, "authority is null");
        Stops stops = new Stops();
        try {
            RelayNode node = new RelayNode(settings, authority, clock, stops);
            node.begin();
            return node;
        } catch (IdentityException | RegistryException | DoorException | IOException e) {
            stops.run();
            throw new RelayException("Node " + settings.node() + " cannot start: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            stops.run();
            throw e;
        }
    }

    private CertificateSource source(Supplier<Optional<ClusterAuthority>> authority) {
        NodeFacts facts = new NodeFacts(
                settings.node(),
                settings.host(),
                door.port(),
                registry.endpoint().uri().toString());
        return settings.isMaster()
                ? new LocalSource(facts, authority)
                : new JoinClient(door.vertx(), master(), facts, identity, settings.joinToken(), clock);
    }

    /** The master's own relay reaches its door as any other node does. */
    private MasterAddress master() {
        String own = settings.bind().equals("0.0.0.0") ? "127.0.0.1" : settings.bind();
        return settings.master().orElseGet(() -> new MasterAddress(own, door.port(), settings.insecurePlainHttp()));
    }

    private void begin() {
        registryWatch.start();
        if (settings.insecurePlainHttp()) {
            LOG.warn(
                    "Node {} talks to other nodes without TLS, as 'insecure-plain-http' says: whoever reaches port {} can read"
                            + " images and claim to be any node.",
                    settings.node(),
                    door.port());
        }
        LOG.info(
                "Node {} relays images at {} for its registry {}.",
                settings.node(),
                door.address(),
                registry.endpoint().uri());
        synchronized (controlLock) {
            joining = enrolment.enrolled().thenRun(this::connect);
        }
    }

    private void connect() {
        synchronized (controlLock) {
            if (!closed) {
                control = ControlClient.start(door.vertx(), master(), identity, this::hello, orders);
            }
        }
    }

    private NodeMessage.Hello hello() {
        return new NodeMessage.Hello(
                settings.node(),
                settings.version(),
                settings.host(),
                door.port(),
                registry.endpoint().uri().toString(),
                settings.site(),
                settings.capacity(),
                engine.reports(),
                engine.paused());
    }

    /** What is said before there is a link is said again by Hello. */
    private void say(NodeMessage message) {
        ControlClient link;
        synchronized (controlLock) {
            link = control;
        }
        if (link != null && !link.send(message)) {
            LOG.warn(
                    "A message of kind {} could not be kept for the master.",
                    message.getClass().getSimpleName());
        }
    }

    /** False when there is no link now: what is asked is not asked later. */
    private boolean sayNow(NodeMessage message) {
        ControlClient link;
        synchronized (controlLock) {
            link = control;
        }
        return link != null && link.connected() && link.send(message);
    }

    /** What is said anew after every connect need not be kept for one. */
    private void sayOnce(NodeMessage message) {
        var unused = sayNow(message);
    }

    /** Whether some transfer fails, of which a registry that is away may be the reason. */
    private boolean isUneasy() {
        return engine.reports().stream().anyMatch(report -> report.state() == TransferState.RETRYING);
    }

    private void lookAtCondition() {
        condition.look(registryWatch.problem());
    }

    private void closeControl() {
        ControlClient link;
        synchronized (controlLock) {
            closed = true;
            if (joining != null) {
                joining.cancel(false);
            }
            link = control;
            control = null;
        }
        if (link != null) {
            link.close();
        }
    }

    /** Tells this one of images that arrive from now on. */
    public void listen(ArrivalListener listener) {
        engine.listen(listener);
    }

    /** Undoes {@link #listen}; a call under way may go on. */
    public void forget(ArrivalListener listener) {
        engine.forget(listener);
    }

    @Override
    public RegistryClient client() {
        return registry;
    }

    @Override
    public NodeId node() {
        return settings.node();
    }

    /** The port of the door. */
    public int port() {
        return door.port();
    }

    /** The address of the door. */
    public URI address() {
        return door.address();
    }

    /**
     * Asks the master for a permission and, if it is granted, uses it; blocks for up to a minute.
     *
     * @param action word of an action, as {@code images}
     * @param target name of a node; empty for the one that usually does this
     * @param subject an image as REPOSITORY:TAG, or a repository; empty for all
     * @return what the target answered
     * @throws IllegalStateException with a sentence when it was refused, or nobody answered
     */
    public ActAnswer request(String action, String target, String subject) {
        return requests.request(action, target, subject);
    }

    /**
     * Ends a pause of this node, whoever asked for it. It needs neither the master nor a permission.
     *
     * @param image as REPOSITORY:TAG; empty for all
     */
    public ActAnswer resume(String image) {
        return acts.act(settings.node(), ControlAction.RESUME, image);
    }

    /** What the node does now. */
    public RelayStatus status() {
        MasterState.View master = state.view();
        String joining = enrolment.problem();
        DiskSpace disk = DiskSpace.of(settings.folder());
        return new RelayStatus(
                settings.node(),
                door.address(),
                settings.isMaster() ? "the controller of this process" : "the master " + master(),
                master.connected(),
                master.since(),
                joining.isEmpty() || master.connected() ? master.problem() : joining,
                registry.endpoint().uri(),
                registryWatch.problem(),
                disk,
                condition.isDiskLow(disk),
                orders.members().size(),
                engine.reports(),
                engine.pauseTexts(),
                door.counters().counts(),
                identity.timeLeft(),
                joining);
    }

    /** The node's figures in Prometheus text format. */
    public String metrics() {
        RelayStatus now = status();
        return RelayMetrics.of(now, totals.update(now.transfers()), engine.spoolBytes());
    }

    /** Stops all parts, in the reverse order, within some seconds; idempotent. Transfers go on when it starts again. */
    @Override
    public void close() {
        stops.run();
        LOG.info("Node {} has stopped.", settings.node());
    }
}
