package io.espalier.registry.client;

import static java.util.Objects.requireNonNull;

import io.espalier.registry.auth.Access;
import io.espalier.registry.content.Descriptor;
import io.espalier.registry.content.Manifest;
import io.espalier.registry.content.ManifestReader;
import io.espalier.registry.content.ManifestView;
import io.espalier.registry.endpoint.RegistryEndpoint;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.http.Call;
import io.espalier.registry.http.RegistryHttp;
import io.espalier.registry.metrics.RegistryCounters;
import io.espalier.registry.name.Digest;
import io.espalier.registry.name.ManifestReference;
import io.espalier.registry.name.RepositoryName;
import io.espalier.registry.name.TagName;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The client over java.net.http. */
final class HttpRegistryClient implements RegistryClient {
    private static final int SMALL = 64 * 1024;

    private final RegistryEndpoint endpoint;
    private final RegistryCounters counters;
    private final RegistryHttp http;
    private final Paths paths;
    private final Manifests manifests;
    private final Blobs blobs;
    private final Uploads uploads;
    private final Listings listings;
    private final Referrers referrers;
    private final TagRemoval tagRemoval;

    private HttpRegistryClient(RegistryEndpoint endpoint) throws RegistryException {
        this.endpoint = endpoint;
        this.counters = new RegistryCounters();
        this.http = new RegistryHttp(endpoint, counters);
        this.paths = new Paths(endpoint.uri());
        this.manifests = new Manifests(http, paths);
        this.blobs = new Blobs(http, paths);
        this.uploads = new Uploads(http, paths);
        this.listings = new Listings(http, paths);
        this.referrers = new Referrers(http, paths, manifests, listings);
        this.tagRemoval = new TagRemoval(manifests, uploads);
    }

    static RegistryClient open(RegistryEndpoint endpoint) throws RegistryException {
        return new HttpRegistryClient(requireNonNull(endpoint, "endpoint is null"));
    }

    @Override
    public RegistryEndpoint endpoint() {
        return endpoint;
    }

    @Override
    public RegistryCounters counters() {
        return counters;
    }

    @Override
    public void ping() throws RegistryException {
        http.exchange(Call.of("GET", paths.root(), Access.none(), "greet the registry"), SMALL, 200);
    }

    @Override
    public Optional<Manifest> manifest(RepositoryName repository, ManifestReference reference)
            throws RegistryException {
        return manifests.get(repository, reference);
    }

    @Override
    public Optional<Digest> digestOf(RepositoryName repository, TagName tag) throws RegistryException {
        return manifests.head(repository, tag);
    }

    @Override
    public boolean isAbsent(RepositoryName repository, ManifestReference reference) throws RegistryException {
        return manifests.isAbsent(repository, reference);
    }

    @Override
    public ManifestPut putManifest(RepositoryName repository, ManifestReference reference, Manifest manifest)
            throws RegistryException {
        // Read before, so that nothing becomes visible that cannot be listed afterwards.
        ManifestView view = ManifestReader.read(manifest);
        boolean byRegistry = manifests.put(repository, reference, manifest);
        return new ManifestPut(manifest.digest(), referrers.list(repository, manifest, view, byRegistry));
    }

    @Override
    public boolean deleteManifest(RepositoryName repository, Digest digest) throws RegistryException {
        return manifests.delete(repository, digest);
    }

    @Override
    public boolean deleteTag(RepositoryName repository, TagName tag) throws RegistryException {
        return tagRemoval.delete(repository, tag);
    }

    @Override
    public boolean deleteTag(RepositoryName repository, TagName tag, Digest expected) throws RegistryException {
        return tagRemoval.delete(repository, tag, expected);
    }

    @Override
    public BlobPresence blob(RepositoryName repository, Digest digest, long size) throws RegistryException {
        return blobs.presence(repository, digest, size);
    }

    @Override
    public InputStream openBlob(RepositoryName repository, Digest digest, long from, long to) throws RegistryException {
        return blobs.open(repository, digest, from, to);
    }

    @Override
    public void putBlob(RepositoryName repository, Digest digest, long size, BlobSource source)
            throws RegistryException {
        uploads.put(repository, digest, size, source);
    }

    @Override
    public boolean mount(RepositoryName repository, Digest digest, RepositoryName from) throws RegistryException {
        return uploads.mount(repository, digest, from);
    }

    @Override
    public List<TagName> tags(RepositoryName repository) throws RegistryException {
        return listings.tags(repository);
    }

    @Override
    public List<RepositoryName> repositories() throws RegistryException {
        return listings.repositories();
    }

    @Override
    public List<Descriptor> referrers(RepositoryName repository, Digest subject) throws RegistryException {
        return referrers.of(repository, subject);
    }

    @Override
    public Map<TagName, Digest> signatureTags(RepositoryName repository, Digest digest) throws RegistryException {
        return referrers.signatureTags(repository, digest);
    }

    @Override
    public void close() {
        http.close();
    }
}
