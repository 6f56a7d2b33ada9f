package io.espalier.embedded.store;

import static java.util.Objects.requireNonNull;

import io.espalier.embedded.layout.BlobCondition;
import io.espalier.embedded.layout.BlobFiles;
import io.espalier.embedded.layout.LayoutFolder;
import io.espalier.embedded.layout.Room;
import io.espalier.embedded.layout.StagedBlob;
import io.espalier.registry.client.BlobSource;
import io.espalier.registry.content.Descriptor;
import io.espalier.registry.content.IndexManifest;
import io.espalier.registry.content.Manifest;
import io.espalier.registry.content.ManifestReader;
import io.espalier.registry.error.ErrorCode;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.name.Digest;
import io.espalier.registry.name.ManifestReference;
import io.espalier.registry.name.RepositoryName;
import io.espalier.registry.name.TagName;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Images in a folder that is an OCI image layout 1.1. Blobs are kept once and shown by the repositories that they were put into, as
 * the distribution specification demands.
 *
 * <p>What is put is on disk and right when a method returns, and shows not before; a crash leaves nothing half. A blob is hashed while
 * it is written, when it is first read after a start or a change of its file, and every week; a manifest whenever it is read. What is
 * damaged is logged, listed by {@link #damaged}, and not given out. Thread-safe; calls block for as long as the disk takes.
 *
 * <p>Source: OCI image specification 1.1 (image layout), OCI distribution specification 1.1.1.
 */
public final class OciLayoutStore implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OciLayoutStore.class);

    private final LayoutFolder folder;
    private final Room room;
    private final BlobFiles blobs;
    private final Catalog catalog;
    private final Collector collector;
    private final Keeper keeper;
    private final Clock clock;

    private OciLayoutStore(LayoutFolder folder, StoreLimits limits, Clock clock) throws RegistryException {
        this.folder = folder;
        this.clock = clock;
        room = new Room(limits.bytes());
        blobs = BlobFiles.open(folder, room, clock);
        catalog = Catalog.load(folder, blobs, limits.grace(), clock);
        collector = new Collector(catalog, blobs, limits.grace(), clock);
        keeper = Keeper.start(collector, blobs, limits.recheck(), clock);
    }

    /**
     * Opens the store of a folder, which is made if it is missing.
     *
     * @throws RegistryException with a sentence, as when another process uses the folder; nothing is left open then
     */
    public static OciLayoutStore open(Path root, StoreLimits limits, Clock clock) throws RegistryException {
        requireNonNull(limits, "limits is null");
        LayoutFolder folder = LayoutFolder.open(root);
        boolean open = false;
        try {
            OciLayoutStore store = new OciLayoutStore(folder, limits, clock);
            open = true;
            LOG.info(
                    "The image store {} has {} blobs with {} of {} bytes.",
                    root,
                    store.blobs.count(),
                    store.room.used(),
                    limits.bytes());
            return store;
        } finally {
            if (!open) {
                folder.close();
            }
        }
    }

    /** Repositories that have a manifest, sorted. */
    public List<RepositoryName> repositories() {
        return catalog.all().stream()
                .filter(Repository::shows)
                .map(Repository::name)
                .toList();
    }

    private Optional<Repository> shown(RepositoryName name) {
        return catalog.find(name).filter(Repository::shows);
    }

    /** Tags, sorted; empty if there is no such repository. */
    public Optional<List<TagName>> tags(RepositoryName repository) {
        return shown(repository).map(found -> List.copyOf(found.tags().keySet()));
    }

    /** What is known of a manifest; its bytes are not read. */
    public Optional<StoredManifest> find(RepositoryName repository, ManifestReference reference) {
        return shown(repository).flatMap(found -> {
            Digest digest = reference instanceof TagName tag ? found.tags().get(tag) : (Digest) reference;
            return digest == null
                    ? Optional.empty()
                    : Optional.ofNullable(found.manifests().get(digest));
        });
    }

    /**
     * Reads a manifest and hashes it.
     *
     * @throws RegistryException DIGEST_MISMATCH if it is damaged
     */
    public Manifest read(StoredManifest manifest) throws RegistryException {
        return catalog.read(manifest.digest(), manifest.mediaType());
    }

    /**
     * What refers to this manifest by {@code subject}, sorted by digest: the repository's manifests, and what an index under the
     * subject's fallback tag lists.
     */
    public List<Descriptor> referrers(RepositoryName repository, Digest subject) throws RegistryException {
        Map<Digest, Descriptor> found = new TreeMap<>();
        Optional<StoredManifest> fallback = find(repository, TagName.fallbackOf(subject));
        if (fallback.isPresent() && ManifestReader.read(read(fallback.get())) instanceof IndexManifest index) {
            index.manifests().stream()
                    .filter(entry -> find(repository, entry.digest()).isPresent())
                    .forEach(entry -> found.put(entry.digest(), entry));
        }
        shown(repository).stream()
                .flatMap(each -> each.manifests().values().stream())
                .filter(manifest -> manifest.subject().filter(subject::equals).isPresent())
                .forEach(manifest -> found.put(manifest.digest(), manifest.descriptor()));
        return List.copyOf(found.values());
    }

    /** The size of a blob that the repository shows, -1 if it shows no such blob. */
    public long blobSize(RepositoryName repository, Digest digest) {
        boolean shown = catalog.find(repository)
                .filter(found -> found.blobs().containsKey(digest))
                .isPresent();
        return shown ? blobs.size(digest) : -1;
    }

    /** What is known of a blob without reading it. */
    public BlobCondition condition(Digest digest) throws RegistryException {
        return blobs.condition(digest);
    }

    /** Reads a blob unless it is known to be intact. */
    public BlobCondition prove(Digest digest) throws RegistryException {
        return blobs.prove(digest);
    }

    /** Reads a blob, whatever is known of it: what rots below the file system changes no file's times. */
    public BlobCondition check(Digest digest) throws RegistryException {
        return blobs.check(digest);
    }

    /** As {@link #prove} on another thread; all that ask at once share one reading. */
    public CompletionStage<BlobCondition> proveLater(Digest digest) {
        return keeper.prove(digest);
    }

    /** As {@link #prove}; an intact one is not collected for a while, since a manifest that names it may come. */
    public BlobCondition claim(RepositoryName repository, Digest digest) throws RegistryException {
        BlobCondition condition = blobs.prove(digest);
        Optional<Repository> found = catalog.find(repository);
        if (condition == BlobCondition.INTACT && found.isPresent()) {
            boolean there = catalog.show(found.get(), digest);
            return there ? condition : BlobCondition.MISSING;
        }
        return condition;
    }

    /** The file of an intact blob. */
    public Path file(Digest digest) {
        return blobs.path(digest);
    }

    /** Reads bytes {@code from} to before {@code to} of an intact blob; what is open stays readable when the blob is removed. */
    public InputStream open(Digest digest, long from, long to) throws RegistryException {
        return blobs.open(digest, from, to);
    }

    /** Puts a blob. If the store is full, what nobody needs is removed first. */
    public void putBlob(RepositoryName name, Digest digest, long size, BlobSource source) throws RegistryException {
        Repository repository = catalog.repository(name);
        Repository.Upload upload = repository.uploadBegins(clock.instant());
        try {
            catalog.show(repository, stage(digest, size, source));
        } finally {
            repository.uploadEnds(upload);
        }
    }

    private StagedBlob stage(Digest digest, long size, BlobSource source) throws RegistryException {
        if (size <= room.limit() && room.missing(size) > 0 && blobs.condition(digest) != BlobCondition.INTACT) {
            collector.run(false);
            if (room.missing(size) > 0) {
                collector.run(true);
            }
        }
        return blobs.stage(digest, size, source);
    }

    /** Shows a blob of one repository in another; false if the first does not show it, or it is damaged. */
    public boolean mount(RepositoryName name, Digest digest, RepositoryName from) throws RegistryException {
        return blobSize(from, digest) >= 0
                && blobs.prove(digest) == BlobCondition.INTACT
                && catalog.show(catalog.repository(name), digest);
    }

    /**
     * Puts a manifest, byte for byte. Its blobs must be in the repository; children and subject need not.
     *
     * @return whether it is listed with a subject
     */
    public boolean putManifest(RepositoryName name, ManifestReference reference, Manifest manifest)
            throws RegistryException {
        Digest digest = reference instanceof Digest given ? given : manifest.digest();
        if (!digest.matches(manifest.bytes())) {
            throw RegistryException.lasting(
                    ErrorCode.DIGEST_MISMATCH,
                    "The manifest " + name + "@" + digest + " hashes to " + manifest.digest() + "; it was not stored.");
        }
        StoredManifest stored = StoredManifest.of(
                digest, manifest.mediaType(), manifest.size(), ManifestReader.read(manifest), clock.instant());
        Repository repository = catalog.repository(name);
        Repository.Upload upload = repository.uploadBegins(clock.instant());
        try {
            catalog.requireBlobs(repository, stored);
            StagedBlob staged = stage(digest, manifest.size(), BlobSource.of(manifest.bytes()));
            catalog.show(repository, stored, staged, reference instanceof TagName tag ? tag : null);
        } finally {
            repository.uploadEnds(upload);
        }
        return stored.subject().isPresent();
    }

    /** Deletes a manifest with all its tags; whether it was there. Its room is free when nobody has put or proved its blobs for an hour. */
    public boolean deleteManifest(RepositoryName repository, Digest digest) throws RegistryException {
        Optional<Repository> found = catalog.find(repository);
        return found.isPresent() && catalog.hide(found.get(), digest);
    }

    /** Deletes one tag; whether it was there. */
    public boolean deleteTag(RepositoryName repository, TagName tag) throws RegistryException {
        Optional<Repository> found = catalog.find(repository);
        return found.isPresent() && catalog.untag(found.get(), tag);
    }

    /**
     * Removes what nobody needs now; answers the bytes that are free.
     *
     * @param roomNeeded whether manifests that no tag reaches go too
     */
    public long collect(boolean roomNeeded) throws RegistryException {
        return collector.run(roomNeeded);
    }

    /** Blobs and manifests whose last reading was wrong. */
    public List<Digest> damaged() {
        return blobs.damaged();
    }

    /** Blobs and manifests that are to be read again, as they are every week. */
    List<Digest> due() {
        return keeper.due();
    }

    /** Reads what is due, as the store does by itself. */
    void checkDue() throws InterruptedException {
        keeper.readAgain();
    }

    /** Bytes of its files, those of uploads that run among them. */
    public long usedBytes() {
        return room.used();
    }

    /** Ends its threads within some seconds and gives the folder back; idempotent. */
    @Override
    public void close() {
        keeper.close();
        folder.close();
    }
}
