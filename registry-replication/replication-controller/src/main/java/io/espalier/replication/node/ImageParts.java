package io.espalier.replication.node;

import static java.util.Objects.requireNonNull;

import io.espalier.http.HttpFault;
import io.espalier.registry.client.RegistryClient;
import io.espalier.relay.protocol.NodeId;
import io.espalier.replication.control.AuditTrail;
import io.espalier.replication.image.ImageClosure;
import io.espalier.replication.image.ImageException;
import io.espalier.replication.image.ImageName;
import io.espalier.replication.member.Members;
import io.espalier.replication.plan.Plans;
import io.espalier.replication.removal.Removals;
import io.espalier.replication.rest.Blocking;
import io.espalier.replication.rest.images.ImageRoutes;
import io.espalier.replication.rest.removals.RemovalRoutes;
import io.espalier.replication.shell.images.ArchiveUpload;
import io.espalier.replication.shell.images.ImageConsole;
import io.espalier.replication.shell.removals.RemovalConsole;
import io.espalier.replication.store.RemovalStore;
import io.espalier.replication.store.StoreException;
import io.espalier.replication.store.TransferStore;
import io.espalier.replication.transfer.Releases;
import io.espalier.replication.transfer.Replication;
import io.espalier.replication.trigger.Notifications;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Images at the door and in the shell, while the master's registry comes and goes with its relay. Thread-safe. */
final class ImageParts implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ImageParts.class);
    /** How relays call themselves towards registries. */
    private static final String RELAY_AGENT = "espalier-image-relay";

    private static final String ABSENT =
            "Images cannot be replicated now, since the master's own relay does not run; start the bundle image-relay here.";

    private final ControllerSettings settings;
    private final Members members;
    private final TransferStore store;
    private final RemovalStore removals;
    private final Plans plans;
    private final AuditTrail audit;
    private final Clock clock;
    private final LongSupplier nanos;
    private final Replication replication = new LateReplication(this::present);
    private final Notifications notifications;
    private final Releases releases;
    private @Nullable RegistryClient registry;
    private volatile @Nullable ImageService service;
    private volatile String problem = ABSENT;

    ImageParts(
            ControllerSettings settings,
            Members members,
            TransferStore store,
            RemovalStore removals,
            Plans plans,
            AuditTrail audit,
            Clock clock,
            LongSupplier nanos) {
        this.removals = requireNonNull(removals, "removals is null");
        this.settings = requireNonNull(settings, "settings is null");
        this.members = requireNonNull(members, "members is null");
        this.store = requireNonNull(store, "store is null");
        this.plans = requireNonNull(plans, "plans is null");
        this.audit = requireNonNull(audit, "audit is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.nanos = requireNonNull(nanos, "nanos is null");
        this.releases =
                new Releases(settings.transfers().gate(), settings.folder().resolve("gate-seen"));
        this.notifications =
                new Notifications(settings.notificationToken(), List.of(RELAY_AGENT), this::changed, this::deleted);
    }

    Releases releases() {
        return releases;
    }

    void addTo(Router router, Blocking blocking) {
        for (String path : List.of("/v1/images*", "/v1/transfers*", "/v1/removals*", "/v1/notifications")) {
            router.route(path).handler(this::requirePresent);
        }
        new ImageRoutes(replication, notifications, blocking).addTo(router);
        new RemovalRoutes(this::removals, settings.isOwnMachineAlone(), blocking).addTo(router);
    }

    private void requirePresent(RoutingContext ctx) {
        if (service == null) {
            throw new HttpFault(503, "NO_REGISTRY", problem).header("Retry-After", "5");
        }
        ctx.next();
    }

    ImageConsole console() {
        return new ImageConsole(replication, new ArchiveUpload() {
            @Override
            public String push(Path file, ImageName name) throws ImageException {
                return open().archives().push(file, name);
            }

            @Override
            public ImageClosure look(Path file, ImageName name) throws ImageException {
                return open().archives().look(file, name);
            }
        });
    }

    RemovalConsole removalConsole() {
        return new RemovalConsole(
                () -> removals("shell"), () -> open().replicator().stored(), settings.retention(), clock);
    }

    private Removals removals(String who) {
        return new AuditedRemovals(open().removals(), audit, who);
    }

    private void deleted() {
        ImageService open = service;
        if (open != null) {
            open.lookLater();
        }
    }

    Replication replication() {
        return replication;
    }

    /** Whether the image was ever sent; false while there is no registry. */
    boolean knows(ImageName image) {
        ImageService open = service;
        return open != null
                && open.replicator()
                        .knownDigest(image.repository(), image.reference())
                        .isPresent();
    }

    /** @throws IllegalStateException with a sentence while there is no registry */
    void resync(NodeId node, Optional<ImageName> image) {
        open().replicator().resync(node, image);
    }

    private Replication present() {
        return open().replicator();
    }

    private ImageService open() {
        ImageService open = service;
        if (open == null) {
            throw new IllegalStateException(problem);
        }
        return open;
    }

    boolean changed(String repository, String reference, String digest) {
        ImageService open = service;
        return open != null && open.replicator().changed(repository, reference, digest);
    }

    /** Begins with this registry; another one before is let go. */
    synchronized void use(RegistryClient found) {
        closeService();
        registry = found;
        try {
            service = ImageService.start(settings, found, members, store, removals, plans, releases, clock, nanos);
            LOG.info("Images of the master's registry are replicated.");
        } catch (StoreException failed) {
            problem = "Images wait for the database (" + failed.getMessage() + ")";
            if (!failed.isAway()) {
                LOG.error("{}", problem, failed);
            }
        } catch (IOException | IllegalArgumentException failed) {
            problem = "Images cannot be replicated (" + failed.getMessage() + "); mend it and restart the controller.";
            LOG.error("{}", problem, failed);
        }
    }

    /** The database is back: images begin if they had to wait for it. */
    synchronized void again() {
        RegistryClient present = registry;
        if (present != null && service == null) {
            use(present);
        }
    }

    synchronized void forget(RegistryClient gone) {
        if (gone == registry) {
            closeService();
            registry = null;
            problem = ABSENT;
        }
    }

    /** Why images are not replicated, or no more of them; empty when they are. */
    Optional<String> problem() {
        ImageService open = service;
        return open == null ? Optional.of(problem) : open.replicator().problem();
    }

    /** Figures of transfers; empty while there are none. */
    String metrics() {
        ImageService open = service;
        return open == null ? "" : open.replicator().metrics() + open.removals().metrics();
    }

    private void closeService() {
        ImageService open = service;
        service = null;
        if (open != null) {
            open.close();
        }
    }

    @Override
    public synchronized void close() {
        registry = null;
        closeService();
    }
}
