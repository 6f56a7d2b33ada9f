package io.espalier.replication.node;

import static java.util.Objects.requireNonNull;

import io.espalier.harbor.run.RunSettings;
import io.espalier.http.DoorException;
import io.espalier.http.DoorSettings;
import io.espalier.http.HttpDoor;
import io.espalier.registry.client.RegistryClient;
import io.espalier.relay.protocol.ClusterAuthority;
import io.espalier.replication.authority.AuthorityException;
import io.espalier.replication.authority.CertificateAuthority;
import io.espalier.replication.authority.ClusterMembership;
import io.espalier.replication.authority.JoinTokens;
import io.espalier.replication.backup.MasterBackup;
import io.espalier.replication.control.AuditTrail;
import io.espalier.replication.database.ControllerDatabase;
import io.espalier.replication.harbor.HarborHooks;
import io.espalier.replication.harbor.HarborService;
import io.espalier.replication.harbor.HarborSettings;
import io.espalier.replication.harbor.HarborView;
import io.espalier.replication.measure.Measurements;
import io.espalier.replication.member.NodeConditions;
import io.espalier.replication.metrics.ControllerMetrics;
import io.espalier.replication.plan.Plans;
import io.espalier.replication.rest.Blocking;
import io.espalier.replication.rest.HarborRoutes;
import io.espalier.replication.rest.NodeRoutes;
import io.espalier.replication.rest.TreeRoutes;
import io.espalier.replication.shell.ControlConsole;
import io.espalier.replication.shell.NodeConsole;
import io.espalier.replication.shell.TreeConsole;
import io.espalier.replication.shell.images.ImageConsole;
import io.espalier.replication.shell.removals.RemovalConsole;
import io.espalier.replication.store.StoreException;
import io.espalier.replication.transfer.Releases;
import io.espalier.replication.window.WindowRules;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * A running controller: database, authority, members, measurements, trees, images and door. It owns all of them, and {@link #close}
 * ends them in reverse order. Members can join as soon as it has started; images follow when it is given the master's registry.
 */
public final class ControllerNode implements AutoCloseable {
    /** A registry's notification is the largest body. */
    private static final int MAX_BODY_BYTES = 1 << 20;

    private static final int REQUESTS_AT_ONCE = 16;
    private static final String AUTHORITY = "authority";
    private static final Duration CERTIFICATE_LIFE = Duration.ofDays(30);

    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final ControllerDatabase database;
    private final ClusterMembership members;
    private final JoinTokens tokens;
    private final Measurements measurements;
    private final Plans plans;
    private final ImageParts images;
    private final ControlParts control;
    private final ControllerMetrics metrics;
    private final NodeConditions conditions = new NodeConditions();
    private final HttpDoor door;
    private final MasterBackup backup;
    private final Clock clock;
    private final WindowRules windows;
    private final HarborHooks hooks = new HarborHooks();

    private ControllerNode(ControllerSettings settings, Clock clock, LongSupplier nanos, boolean mayMakeAuthority)
            throws AuthorityException, DoorException {
        this.clock = requireNonNull(clock, "clock is null");
        this.windows = settings.transfers().windows();
        Path folder = settings.folder().toAbsolutePath();
        this.backup = new MasterBackup(
                requireNonNull(folder.getParent(), "a folder in the data folder"), folder.resolve(AUTHORITY), clock);
        try {
            CertificateAuthority authority = CertificateAuthority.open(
                    folder.resolve(AUTHORITY), settings.cluster(), CERTIFICATE_LIFE, clock, mayMakeAuthority);
            database = opened(ControllerDatabase.open(settings.database(), clock));
            tokens = new JoinTokens(database.nodes(), authority, clock);
            members = opened(ClusterMembership.open(database.nodes(), authority, tokens, clock));
            measurements = opened(Measurements.start(settings.measure(), members, database.measurements(), clock));
            plans = opened(Plans.start(settings.plan(), members, measurements, database.measurements(), clock));
            AuditTrail audit = new AuditTrail(database.control(), settings.control(), clock);
            images = opened(new ImageParts(
                    settings, members, database.transfers(), database.removals(), plans, audit, clock, nanos));
            control = new ControlParts(
                    settings.control(),
                    members,
                    database.control(),
                    audit,
                    authority,
                    new ControllerWork(measurements, plans, images),
                    clock);
            members.listen(conditions);
            metrics = new ControllerMetrics(members, conditions, measurements, plans, clock);
            metrics.add(images::metrics);
            metrics.add(this::databaseMetric);
            door = opened(openDoor(settings));
            var unused = database.whenBack(this::saveAgain);
        } catch (AuthorityException | DoorException | RuntimeException failed) {
            close();
            throw failed;
        }
    }

    /** What could not be stored while the database was away. */
    private void saveAgain() {
        members.saveAgain();
        measurements.saveAgain();
        plans.saveAgain();
        images.again();
    }

    private String databaseMetric() {
        return "# HELP espalier_replication_database_up Whether the database answers.\n"
                + "# TYPE espalier_replication_database_up gauge\n"
                + "espalier_replication_database_up " + (database.problem().isPresent() ? 0 : 1) + "\n";
    }

    private HttpDoor openDoor(ControllerSettings settings) throws DoorException {
        DoorSettings doorSettings = DoorSettings.of("replication-controller", settings.host(), settings.port())
                .withMaxBodyBytes(MAX_BODY_BYTES);
        Blocking blocking = new Blocking(REQUESTS_AT_ONCE);
        return HttpDoor.open(doorSettings, router -> {
            new NodeRoutes(members, tokens, clock, control.pauses(), conditions, windows, blocking).addTo(router);
            control.addTo(router, blocking);
            new TreeRoutes(measurements, plans, blocking).addTo(router);
            images.addTo(router, blocking);
            new HarborRoutes(hooks).addTo(router);
        });
    }

    private <T extends AutoCloseable> T opened(T part) {
        open.push(part);
        return part;
    }

    /**
     * Opens everything; when something fails, nothing stays open.
     *
     * @throws ControllerException with a sentence, as when the database is in use or the port taken
     */
    public static ControllerNode start(ControllerSettings settings, Clock clock) throws ControllerException {
        return start(settings, clock, System::nanoTime, true);
    }

    /**
     * The same with another clock besides.
     *
     * @param nanos one that nobody sets, as {@link System#nanoTime}
     */
    public static ControllerNode start(ControllerSettings settings, Clock clock, LongSupplier nanos)
            throws ControllerException {
        return start(settings, clock, nanos, true);
    }

    /**
     * The same.
     *
     * @param mayMakeAuthority false when the cluster has had a certificate authority, so that a missing one is not replaced
     */
    static ControllerNode start(ControllerSettings settings, Clock clock, boolean mayMakeAuthority)
            throws ControllerException {
        return start(settings, clock, System::nanoTime, mayMakeAuthority);
    }

    private static ControllerNode start(
            ControllerSettings settings, Clock clock, LongSupplier nanos, boolean mayMakeAuthority)
            throws ControllerException {
        requireNonNull(settings, "settings is null");
        try {
            return new ControllerNode(settings, clock, nanos, mayMakeAuthority);
        } catch (StoreException | AuthorityException | DoorException failed) {
            throw new ControllerException(failed);
        }
    }

    /** What the relay's door asks: the members, and acts at the master. */
    public ClusterAuthority authority() {
        return control.authority(members);
    }

    /** The cluster's members. */
    public ClusterMembership members() {
        return members;
    }

    public JoinTokens tokens() {
        return tokens;
    }

    public Measurements measurements() {
        return measurements;
    }

    public Plans plans() {
        return plans;
    }

    public ControllerMetrics metrics() {
        return metrics;
    }

    public NodeConsole nodeConsole() {
        return new NodeConsole(members, tokens, clock, control.pauses(), conditions, windows);
    }

    public ControlConsole controlConsole() {
        return control.console();
    }

    /**
     * Copies database, authority and keys into a new tar file.
     *
     * @return what is in it, for people
     * @throws IOException with a sentence
     */
    public String backup(Path file) throws IOException {
        return backup.write(file, database::zip);
    }

    public TreeConsole treeConsole() {
        return new TreeConsole(measurements, plans);
    }

    public RemovalConsole removalConsole() {
        return images.removalConsole();
    }

    public ImageConsole imageConsole() {
        return images.console();
    }

    /** Replicates the images of this registry from now on; the client stays the caller's. */
    public void useRegistry(RegistryClient registry) {
        images.use(requireNonNull(registry, "registry is null"));
    }

    /** The registry is gone, so images wait; when another one is in use already, that one stays. */
    public void forgetRegistry(RegistryClient registry) {
        images.forget(registry);
    }

    /** Where a release gate is given and taken away. */
    public Releases releases() {
        return images.releases();
    }

    /** Drives these Harbors from now on, until the answer is closed; one at a time. */
    public HarborService driveHarbors(HarborSettings settings, RunSettings runs) {
        HarborView view = new HarborView(
                members::all,
                known -> measurements.estimates().network(known),
                () -> plans.planner().planner(),
                images::changed);
        return HarborService.start(settings, view, hooks, runs);
    }

    /** What does not work now, as a sentence; empty when all does. */
    public Optional<String> problem() {
        return database.problem()
                .or(images::problem)
                .or(releases()::problem)
                .or(plans::problem)
                .or(this::nodeProblem);
    }

    private Optional<String> nodeProblem() {
        return members.all().stream()
                .flatMap(member -> conditions.problems(member).stream())
                .findFirst();
    }

    /** The port that the door listens on. */
    public int port() {
        return door.port();
    }

    /** Lets requests under way finish for a few seconds, then ends everything in reverse order. Idempotent. */
    @Override
    public void close() {
        RuntimeException first = null;
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (RuntimeException failed) {
                first = first == null ? failed : first;
            } catch (Exception impossible) {
                throw new AssertionError("No part throws a checked exception when it is closed.", impossible);
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
