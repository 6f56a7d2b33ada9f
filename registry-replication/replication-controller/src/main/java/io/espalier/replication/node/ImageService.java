package io.espalier.replication.node;

import static java.util.Objects.requireNonNull;

import io.espalier.registry.client.RegistryClient;
import io.espalier.replication.archive.ArchivePush;
import io.espalier.replication.image.ChunkHasher;
import io.espalier.replication.image.ImageFilter;
import io.espalier.replication.image.ImageName;
import io.espalier.replication.image.ImageResolver;
import io.espalier.replication.member.Members;
import io.espalier.replication.plan.Plans;
import io.espalier.replication.plan.SizeClass;
import io.espalier.replication.removal.RemovalBasis;
import io.espalier.replication.removal.RemovalDesk;
import io.espalier.replication.store.RemovalStore;
import io.espalier.replication.store.TransferStore;
import io.espalier.replication.transfer.Releases;
import io.espalier.replication.transfer.Replicator;
import io.espalier.replication.transfer.ReplicatorTiming;
import io.espalier.replication.trigger.RegistryLook;
import io.espalier.replication.trigger.RegistryWatch;
import java.io.IOException;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Replication of the images of one registry, as long as that registry is there. */
final class ImageService implements AutoCloseable {
    private static final long HASH_BYTES = 256L << 20;

    private final Replicator replicator;
    private final ArchivePush archives;
    private final RemovalDesk removals;
    private final AtomicReference<@Nullable RegistryWatch> watch = new AtomicReference<>();

    private volatile Runnable deaf = () -> {};

    private ImageService(Replicator replicator, ArchivePush archives, RemovalDesk removals) {
        this.removals = requireNonNull(removals, "removals is null");
        this.replicator = requireNonNull(replicator, "replicator is null");
        this.archives = requireNonNull(archives, "archives is null");
    }

    /** @throws IOException when its folder cannot be used */
    static ImageService start(
            ControllerSettings settings,
            RegistryClient registry,
            Members members,
            TransferStore store,
            RemovalStore removalStore,
            Plans plans,
            Releases releases,
            Clock clock,
            LongSupplier nanos)
            throws IOException {
        AtomicReference<@Nullable ImageService> self = new AtomicReference<>();
        ImageFilter filter = settings.transfers().filter();
        ImageResolver source = new ImageResolver(registry, filter.platforms());
        Replicator replicator = new Replicator(
                settings.transfers(),
                ReplicatorTiming.DEFAULT,
                members,
                store,
                new PlannedRoutes(plans),
                source,
                new ChunkHasher(registry, settings.folder().resolve("hashes"), HASH_BYTES),
                clock,
                () -> lookSoon(self.get()),
                releases);
        RemovalDesk removals = new RemovalDesk(
                settings.removals(),
                name -> isReplicated(filter, name),
                basis(settings, registry),
                replicator.replicated(),
                source,
                members,
                removalStore,
                clock,
                nanos);
        ImageService service = new ImageService(
                replicator, new ArchivePush(registry, settings.folder().resolve("archives")), removals);
        self.set(service);
        try {
            replicator.start();
            removals.start();
            service.deaf = plans.whenChanged(change ->
                    replicator.treesChanged(bytes -> SizeClass.of(bytes).equals(change.size())));
            RegistryLook look =
                    new RegistryLook(registry, filter, replicator::knownDigest, replicator::changed, removals.looks());
            service.watch.set(RegistryWatch.start(look, settings.poll(), settings.schedule(), clock));
            return service;
        } catch (RuntimeException failed) {
            service.close();
            throw failed;
        }
    }

    /** Tags of signatures go with their images, whatever the tags' filter says. */
    private static boolean isReplicated(ImageFilter filter, ImageName name) {
        return ImageName.subjectOfTag(name.reference()).isPresent()
                ? filter.repositories().matches(name.repository())
                : filter.matches(name.repository(), name.reference());
    }

    private static RemovalBasis basis(ControllerSettings settings, RegistryClient registry) {
        ImageFilter filter = settings.transfers().filter();
        return RemovalBasis.open(
                settings.folder().resolve("removal-basis"),
                String.join(
                        "\n",
                        settings.removals().mode().word(),
                        settings.removals().repositories().toString(),
                        filter.repositories().toString(),
                        filter.tags().toString(),
                        registry.endpoint().uri().toString()));
    }

    private static void lookSoon(@Nullable ImageService service) {
        RegistryWatch watch = service == null ? null : service.watch.get();
        if (watch != null) {
            watch.lookSoon();
        }
    }

    /** Something was deleted in the registry. */
    void lookLater() {
        RegistryWatch open = watch.get();
        if (open != null) {
            open.lookLater();
        }
    }

    RemovalDesk removals() {
        return removals;
    }

    Replicator replicator() {
        return replicator;
    }

    ArchivePush archives() {
        return archives;
    }

    @Override
    public void close() {
        deaf.run();
        RegistryWatch open = watch.getAndSet(null);
        if (open != null) {
            open.close();
        }
        removals.close();
        replicator.close();
    }
}
