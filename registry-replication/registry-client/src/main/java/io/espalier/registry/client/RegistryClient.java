package io.espalier.registry.client;

import io.espalier.registry.content.Descriptor;
import io.espalier.registry.content.Manifest;
import io.espalier.registry.endpoint.RegistryEndpoint;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.metrics.RegistryCounters;
import io.espalier.registry.name.Digest;
import io.espalier.registry.name.ManifestReference;
import io.espalier.registry.name.RepositoryName;
import io.espalier.registry.name.TagName;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A client of one registry that speaks the OCI distribution protocol, 1.0 and 1.1.
 *
 * <p>Calls block, may come from any number of threads, and share tokens and the pauses that the registry asks for. They
 * are tried again by the endpoint's {@code RetryPolicy} when the failure may pass. An interrupt ends a call with
 * {@code INTERRUPTED}. Credentials go to the registry and to the token server that it names, and nowhere else: redirects
 * to other hosts are followed without them. Closing breaks what still runs.
 *
 * <p>Source: OCI distribution specification 1.1.1; the traps of docker-registry 2.8.2 are named where they matter.
 */
public interface RegistryClient extends AutoCloseable {
    /** Opens a client; connects at the first call. */
    static RegistryClient of(RegistryEndpoint endpoint) throws RegistryException {
        return HttpRegistryClient.open(endpoint);
    }

    /** Where it talks to. */
    RegistryEndpoint endpoint();

    /** What it has done so far. */
    RegistryCounters counters();

    /** Asks whether this is a registry that lets these credentials in. */
    void ping() throws RegistryException;

    /**
     * Reads a manifest or index; empty if there is none. Its bytes are checked against the digest that was asked for or
     * that the registry claims; what they say is not read, see {@code ManifestReader}.
     */
    Optional<Manifest> manifest(RepositoryName repository, ManifestReference reference) throws RegistryException;

    /** What a tag points to now; empty if there is no such tag. */
    Optional<Digest> digestOf(RepositoryName repository, TagName tag) throws RegistryException;

    /**
     * Whether the registry itself says that it has no such manifest, for who wants to draw conclusions from that: a proxy or a
     * wrong server also answers 404.
     *
     * @throws RegistryException {@code PROTOCOL} when it is answered with 404, but not in a registry's words
     */
    boolean isAbsent(RepositoryName repository, ManifestReference reference) throws RegistryException;

    /**
     * Puts a manifest, byte for byte; blobs and children must be there before, a subject need not.
     *
     * <p>If it has a subject and the registry does not list referrers itself, it is merged into the index under the
     * subject's fallback tag. That is read, modify, write: merges of one client wait for each other, a merge of another
     * writer is noticed by reading again.
     */
    ManifestPut putManifest(RepositoryName repository, ManifestReference reference, Manifest manifest)
            throws RegistryException;

    /** Deletes a manifest with all its tags; whether it was there. */
    boolean deleteManifest(RepositoryName repository, Digest digest) throws RegistryException;

    /**
     * Deletes one tag; whether it was there. Where the registry cannot do that (docker-registry 2.8.2), the tag is pointed
     * at a manifest made for this, which is then deleted; readers may see that one for a moment.
     */
    boolean deleteTag(RepositoryName repository, TagName tag) throws RegistryException;

    /**
     * The same, but only while the tag points at this digest; else fails with {@code REFUSED}, and may be tried again. That is
     * looked up just before; the protocol has no way to delete on a condition.
     */
    default boolean deleteTag(RepositoryName repository, TagName tag, Digest expected) throws RegistryException {
        return TagRemoval.isStill(repository, tag, digestOf(repository, tag), expected) && deleteTag(repository, tag);
    }

    /**
     * Asks for a blob and has the last byte of it sent, for a registry may claim blobs that its garbage collector took.
     *
     * @param size bytes, as the descriptor says
     */
    BlobPresence blob(RepositoryName repository, Digest digest, long size) throws RegistryException;

    /**
     * Reads bytes {@code from} to before {@code to} of a blob, streamed. A connection that breaks is replaced, going on
     * at the next byte. The bytes are not checked against the digest: they may be a part.
     *
     * @return to be closed; its reads throw {@code IOException} (the cause is a {@code RegistryException}) when the end
     *     is not reached
     */
    InputStream openBlob(RepositoryName repository, Digest digest, long from, long to) throws RegistryException;

    /**
     * Says that a whole blob was read here and had wrong bytes. Who keeps the files itself looks at this one anew, and gives out only
     * what is right; a registry far away learns nothing of it.
     */
    default void distrust(RepositoryName repository, Digest digest) throws RegistryException {}

    /**
     * Pushes a blob in one streamed PUT, without asking whether it is there. If that is too large for a proxy on the way
     * (413), it is pushed in chunks, smaller ones until they pass; the client keeps that in mind for the next blob.
     *
     * <p>The bytes are hashed while they pass; the last ones are sent only if all are right, so wrong content is never
     * committed. An upload that fails is cancelled.
     *
     * @param size bytes; the source must deliver exactly as many
     */
    void putBlob(RepositoryName repository, Digest digest, long size, BlobSource source) throws RegistryException;

    /** Takes a blob over from another repository of the registry; false if the registry did not. */
    boolean mount(RepositoryName repository, Digest digest, RepositoryName from) throws RegistryException;

    /** All tags; none if there is no such repository. Tags that break the specification are left out. */
    List<TagName> tags(RepositoryName repository) throws RegistryException;

    /** All repositories that the registry shows to these credentials; fails with {@code NOT_FOUND} where it has no such list. */
    List<RepositoryName> repositories() throws RegistryException;

    /** What refers to this manifest by {@code subject}, from the registry's list or else the fallback tag's index. */
    List<Descriptor> referrers(RepositoryName repository, Digest subject) throws RegistryException;

    /** Those of cosign's tags {@code sha256-<hex>.sig}, {@code .att} and {@code .sbom} that exist. */
    Map<TagName, Digest> signatureTags(RepositoryName repository, Digest digest) throws RegistryException;

    /** Ends all threads and connections, within 5 s. May be called twice. */
    @Override
    void close();
}
