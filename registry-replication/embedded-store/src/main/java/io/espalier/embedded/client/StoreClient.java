package io.espalier.embedded.client;

import static java.util.Objects.requireNonNull;

import io.espalier.embedded.layout.BlobCondition;
import io.espalier.embedded.store.OciLayoutStore;
import io.espalier.embedded.store.StoredManifest;
import io.espalier.registry.client.BlobPresence;
import io.espalier.registry.client.BlobSource;
import io.espalier.registry.client.ManifestPut;
import io.espalier.registry.client.ManifestPut.SubjectListing;
import io.espalier.registry.client.RegistryClient;
import io.espalier.registry.content.Descriptor;
import io.espalier.registry.content.Manifest;
import io.espalier.registry.endpoint.RegistryEndpoint;
import io.espalier.registry.error.ErrorCode;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.metrics.RegistryCounters;
import io.espalier.registry.name.Digest;
import io.espalier.registry.name.ManifestReference;
import io.espalier.registry.name.RepositoryName;
import io.espalier.registry.name.TagName;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A registry client that works on a store of this process instead of a registry far away; the endpoint is where the store's door
 * listens. Several clients may use one store; to close one leaves the others and the store alone. Thread-safe.
 */
public final class StoreClient implements RegistryClient {
    private static final List<String> COSIGN = List.of(".sig", ".att", ".sbom");

    private final OciLayoutStore store;
    private final RegistryEndpoint endpoint;
    private final RegistryCounters counters = new RegistryCounters();
    private volatile boolean closed;

    /** A client of this store, which others reach at this endpoint. */
    public StoreClient(OciLayoutStore store, RegistryEndpoint endpoint) {
        this.store = requireNonNull(store, "store is null");
        this.endpoint = requireNonNull(endpoint, "endpoint is null");
    }

    private void begin() throws RegistryException {
        if (closed) {
            throw RegistryException.lasting(ErrorCode.CLOSED, "The client of the image store is closed.");
        }
        counters.addRequest();
    }

    @Override
    public RegistryEndpoint endpoint() {
        return endpoint;
    }

    @Override
    public RegistryCounters counters() {
        return counters;
    }

    /** Fails while content of the store is known to be damaged. */
    @Override
    public void ping() throws RegistryException {
        begin();
        List<Digest> damaged = store.damaged();
        if (!damaged.isEmpty()) {
            throw RegistryException.lasting(
                    ErrorCode.SERVER_ERROR,
                    damaged.size() + (damaged.size() == 1 ? " blob is" : " blobs are")
                            + " damaged on the disk of the image store, the first is " + damaged.get(0)
                            + "; push or replicate its images again, and look at the disk.");
        }
    }

    @Override
    public Optional<Manifest> manifest(RepositoryName repository, ManifestReference reference)
            throws RegistryException {
        begin();
        Optional<StoredManifest> found = store.find(repository, reference);
        return found.isEmpty() ? Optional.empty() : Optional.of(store.read(found.get()));
    }

    @Override
    public Optional<Digest> digestOf(RepositoryName repository, TagName tag) throws RegistryException {
        begin();
        return store.find(repository, tag).map(StoredManifest::digest);
    }

    @Override
    public boolean isAbsent(RepositoryName repository, ManifestReference reference) throws RegistryException {
        begin();
        return store.find(repository, reference).isEmpty();
    }

    @Override
    public ManifestPut putManifest(RepositoryName repository, ManifestReference reference, Manifest manifest)
            throws RegistryException {
        begin();
        boolean listed = store.putManifest(repository, reference, manifest);
        counters.addBytesOut(manifest.size());
        return new ManifestPut(manifest.digest(), listed ? SubjectListing.BY_REGISTRY : SubjectListing.NO_SUBJECT);
    }

    @Override
    public boolean deleteManifest(RepositoryName repository, Digest digest) throws RegistryException {
        begin();
        return store.deleteManifest(repository, digest);
    }

    @Override
    public boolean deleteTag(RepositoryName repository, TagName tag) throws RegistryException {
        begin();
        return store.deleteTag(repository, tag);
    }

    @Override
    public BlobPresence blob(RepositoryName repository, Digest digest, long size) throws RegistryException {
        begin();
        long shown = store.blobSize(repository, digest);
        if (shown < 0) {
            return BlobPresence.ABSENT;
        }
        boolean intact = shown == size && store.claim(repository, digest) == BlobCondition.INTACT;
        return intact ? BlobPresence.PROVED : BlobPresence.CLAIMED_BUT_BROKEN;
    }

    @Override
    public InputStream openBlob(RepositoryName repository, Digest digest, long from, long to) throws RegistryException {
        begin();
        if (from < 0 || to < from) {
            throw new IllegalArgumentException(
                    "The range " + from + " to " + to + " of " + digest + " is none; it goes up from 0.");
        }
        long size = store.blobSize(repository, digest);
        if (size < 0) {
            throw RegistryException.lasting(
                    ErrorCode.NOT_FOUND, "The image store has no blob " + digest + " in " + repository + ".");
        }
        if (to > size) {
            throw RegistryException.lasting(
                    ErrorCode.PROTOCOL,
                    "The image store has no bytes " + from + " to " + to + " of " + digest + ", which has " + size
                            + ".");
        }
        if (store.prove(digest) != BlobCondition.INTACT) {
            throw RegistryException.lasting(
                    ErrorCode.DIGEST_MISMATCH,
                    "Blob " + digest + " of " + repository
                            + " is damaged on the disk of the image store; push or replicate the image again.");
        }
        return new CountedStream(store.open(digest, from, to), counters);
    }

    @Override
    public void distrust(RepositoryName repository, Digest digest) throws RegistryException {
        begin();
        store.check(digest);
    }

    @Override
    public void putBlob(RepositoryName repository, Digest digest, long size, BlobSource source)
            throws RegistryException {
        begin();
        store.putBlob(repository, digest, size, source);
        counters.addBytesOut(size);
    }

    @Override
    public boolean mount(RepositoryName repository, Digest digest, RepositoryName from) throws RegistryException {
        begin();
        return store.mount(repository, digest, from);
    }

    @Override
    public List<TagName> tags(RepositoryName repository) throws RegistryException {
        begin();
        return store.tags(repository).orElse(List.of());
    }

    @Override
    public List<RepositoryName> repositories() throws RegistryException {
        begin();
        return store.repositories();
    }

    @Override
    public List<Descriptor> referrers(RepositoryName repository, Digest subject) throws RegistryException {
        begin();
        return store.referrers(repository, subject);
    }

    @Override
    public Map<TagName, Digest> signatureTags(RepositoryName repository, Digest digest) throws RegistryException {
        begin();
        Map<TagName, Digest> found = new LinkedHashMap<>();
        for (String suffix : COSIGN) {
            TagName tag = TagName.of(TagName.fallbackOf(digest) + suffix);
            store.find(repository, tag).ifPresent(target -> found.put(tag, target.digest()));
        }
        return Map.copyOf(found);
    }

    @Override
    public void close() {
        closed = true;
    }
}
