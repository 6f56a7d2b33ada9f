package io.espalier.embedded.store;

import io.espalier.embedded.layout.BlobCondition;
import io.espalier.embedded.layout.BlobFiles;
import io.espalier.embedded.layout.DiskFaults;
import io.espalier.embedded.layout.IndexFile;
import io.espalier.embedded.layout.LayoutFolder;
import io.espalier.embedded.layout.RepositoryFiles;
import io.espalier.embedded.layout.StagedBlob;
import io.espalier.registry.content.Manifest;
import io.espalier.registry.content.ManifestReader;
import io.espalier.registry.error.ErrorCode;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.name.Digest;
import io.espalier.registry.name.RepositoryName;
import io.espalier.registry.name.TagName;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all repositories show, on disk and in memory: first the disk, then memory, one change at a time. Reading waits for nobody.
 * Thread-safe.
 */
final class Catalog {
    private static final Logger LOG = LoggerFactory.getLogger(Catalog.class);

    private final BlobFiles blobs;
    private final RepositoryFiles files;
    private final IndexFile index;
    private final Duration grace;
    private final Clock clock;
    private final Map<RepositoryName, Repository> repositories = new ConcurrentSkipListMap<>();
    private final ReentrantLock lock = new ReentrantLock();

    private Catalog(LayoutFolder folder, BlobFiles blobs, Duration grace, Clock clock) {
        this.blobs = blobs;
        this.grace = grace;
        this.files = new RepositoryFiles(folder);
        this.index = new IndexFile(folder);
        this.clock = clock;
    }

    static Catalog load(LayoutFolder folder, BlobFiles blobs, Duration grace, Clock clock) throws RegistryException {
        Catalog catalog = new Catalog(folder, blobs, grace, clock);
        for (Map.Entry<RepositoryName, RepositoryFiles.Content> each :
                catalog.files.load().entrySet()) {
            catalog.load(catalog.repository(each.getKey()), each.getValue());
        }
        catalog.writeIndex();
        return catalog;
    }

    private void load(Repository repository, RepositoryFiles.Content content) throws RegistryException {
        for (Digest digest : content.blobs()) {
            if (blobs.size(digest) >= 0) {
                repository.blobs().put(digest, clock.instant());
            } else {
                LOG.error(
                        "Blob {} of {} has gone from the disk. Push or replicate the image again.",
                        digest,
                        repository.name());
            }
        }
        for (Map.Entry<Digest, RepositoryFiles.ManifestLink> link :
                content.manifests().entrySet()) {
            load(repository, link.getKey(), link.getValue());
        }
        for (Map.Entry<TagName, Digest> tag : content.tags().entrySet()) {
            if (repository.manifests().containsKey(tag.getValue())) {
                repository.tags().put(tag.getKey(), tag.getValue());
            } else {
                LOG.error(
                        "Tag {}:{} has gone, for its manifest {} is not here.",
                        repository.name(),
                        tag.getKey(),
                        tag.getValue());
                files.untag(repository.name(), tag.getKey());
            }
        }
    }

    private void load(Repository repository, Digest digest, RepositoryFiles.ManifestLink link)
            throws RegistryException {
        try {
            Manifest manifest = read(digest, link.mediaType());
            StoredManifest stored = StoredManifest.of(
                    digest, manifest.mediaType(), manifest.size(), ManifestReader.read(manifest), link.since());
            repository.manifests().put(digest, stored);
        } catch (RegistryException e) {
            if (e.retryable() || e.code() == ErrorCode.INTERRUPTED) {
                throw e;
            }
            LOG.error(
                    "Manifest {} of {} has gone: {} Push or replicate the image again.",
                    digest,
                    repository.name(),
                    e.getMessage());
            files.hideManifest(repository.name(), digest);
        }
    }

    /** Reads a manifest's bytes and hashes them. */
    Manifest read(Digest digest, String mediaType) throws RegistryException {
        long size = blobs.size(digest);
        if (size < 0 || size > Manifest.MOST_BYTES) {
            throw damaged(digest, size < 0 ? "has no file" : "has " + size + " bytes");
        }
        if (blobs.condition(digest) == BlobCondition.DAMAGED) {
            throw damaged(digest, "is damaged or gone");
        }
        try (InputStream in = blobs.open(digest, 0, size)) {
            Manifest manifest = Manifest.of(mediaType, in.readAllBytes(), digest.algorithm());
            if (!manifest.digest().equals(digest)) {
                blobs.check(digest);
                throw damaged(digest, "hashes to " + manifest.digest());
            }
            return manifest;
        } catch (IOException e) {
            throw DiskFaults.of("read manifest " + digest, e);
        }
    }

    private static RegistryException damaged(Digest digest, String how) {
        return RegistryException.lasting(
                ErrorCode.DIGEST_MISMATCH,
                "The manifest " + digest + " " + how + " in the image store; the disk or somebody else changed it.");
    }

    /** One that is made when it is missing; it shows as soon as it has a manifest. */
    Repository repository(RepositoryName name) {
        return repositories.computeIfAbsent(name, key -> new Repository(key));
    }

    /** Empty if nothing was ever put there. */
    Optional<Repository> find(RepositoryName name) {
        return Optional.ofNullable(repositories.get(name));
    }

    List<Repository> all() {
        return List.copyOf(repositories.values());
    }

    /** Shows a blob that was staged. */
    void show(Repository repository, StagedBlob staged) throws RegistryException {
        lock.lock();
        try {
            blobs.commit(staged);
            link(repository, staged.digest());
            if (staged.file().isPresent()) {
                repository.renewClaims(clock.instant(), grace);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Shows a blob of the store in one more repository; false if it has gone. */
    boolean show(Repository repository, Digest digest) throws RegistryException {
        lock.lock();
        try {
            if (blobs.size(digest) < 0) {
                return false;
            }
            link(repository, digest);
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void link(Repository repository, Digest digest) throws RegistryException {
        if (!repository.blobs().containsKey(digest)) {
            files.showBlob(repository.name(), digest);
        }
        repository.blobs().put(digest, clock.instant());
    }

    /** Shows a manifest whose bytes were staged, and sets the tag if one is given. */
    void show(Repository repository, StoredManifest manifest, StagedBlob staged, @Nullable TagName tag)
            throws RegistryException {
        lock.lock();
        try {
            blobs.commit(staged);
            requireBlobs(repository, manifest);
            StoredManifest before = repository.manifests().get(manifest.digest());
            if (before == null || !before.mediaType().equals(manifest.mediaType())) {
                files.showManifest(repository.name(), manifest.digest(), manifest.mediaType());
            }
            repository.manifests().put(manifest.digest(), manifest);
            if (tag != null && !manifest.digest().equals(repository.tags().get(tag))) {
                files.tag(repository.name(), tag, manifest.digest());
                repository.tags().put(tag, manifest.digest());
                writeIndex();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Fails unless the repository shows all blobs that the manifest names, none of them known to be damaged. */
    void requireBlobs(Repository repository, StoredManifest manifest) throws RegistryException {
        for (Digest blob : manifest.blobs()) {
            BlobCondition condition =
                    repository.blobs().containsKey(blob) ? blobs.condition(blob) : BlobCondition.MISSING;
            if (condition == BlobCondition.MISSING || condition == BlobCondition.DAMAGED) {
                throw RegistryException.lasting(
                        ErrorCode.CONTENT_MISSING,
                        "The manifest " + manifest.digest() + " names blob " + blob + ", which "
                                + repository.name() + " does not have"
                                + (condition == BlobCondition.DAMAGED ? " intact" : "")
                                + "; put the blob first.");
            }
        }
    }

    boolean untag(Repository repository, TagName tag) throws RegistryException {
        lock.lock();
        try {
            if (!repository.tags().containsKey(tag)) {
                return false;
            }
            files.untag(repository.name(), tag);
            repository.tags().remove(tag);
            writeIndex();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Tags go first, so that none points to nothing. */
    boolean hide(Repository repository, Digest manifest) throws RegistryException {
        lock.lock();
        try {
            if (!repository.manifests().containsKey(manifest)) {
                return false;
            }
            for (TagName tag : List.copyOf(repository.tags().keySet())) {
                if (manifest.equals(repository.tags().get(tag))) {
                    untag(repository, tag);
                }
            }
            files.hideManifest(repository.name(), manifest);
            repository.manifests().remove(manifest);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Runs what needs all to stay as it is. */
    <T> T still(Work<T> work) throws RegistryException {
        lock.lock();
        try {
            return work.run();
        } finally {
            lock.unlock();
        }
    }

    @FunctionalInterface
    interface Work<T> {
        T run() throws RegistryException;
    }

    /** To be called within {@link #still}. */
    void hideBlob(Repository repository, Digest digest) throws RegistryException {
        files.hideBlob(repository.name(), digest);
        repository.blobs().remove(digest);
    }

    private void writeIndex() throws RegistryException {
        List<IndexFile.Entry> entries = new ArrayList<>();
        for (Repository repository : repositories.values()) {
            repository.tags().forEach((tag, digest) -> {
                StoredManifest manifest = repository.manifests().get(digest);
                if (manifest != null) {
                    entries.add(new IndexFile.Entry(
                            repository.name() + ":" + tag, manifest.mediaType(), digest, manifest.size()));
                }
            });
        }
        index.write(entries);
    }
}
