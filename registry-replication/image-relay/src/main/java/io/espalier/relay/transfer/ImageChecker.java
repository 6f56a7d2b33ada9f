package io.espalier.relay.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.registry.client.RegistryClient;
import io.espalier.registry.content.Descriptor;
import io.espalier.registry.content.ImageManifest;
import io.espalier.registry.content.IndexManifest;
import io.espalier.registry.content.Manifest;
import io.espalier.registry.content.ManifestReader;
import io.espalier.registry.content.ManifestView;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.name.Digest;
import io.espalier.registry.name.ManifestReference;
import io.espalier.registry.name.RepositoryName;
import io.espalier.relay.protocol.ImageCheck;
import io.espalier.relay.protocol.MasterMessage.Check;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * Reads an image back from the node's registry: every manifest whole, every blob's last byte, and when the check is deep every byte
 * of every blob. For one thread and one image.
 */
final class ImageChecker {
    private static final int MOST_MANIFESTS = 1_000;
    private static final int NAMED = 5;

    /** Takes how many bytes of blobs were hashed, of how many. */
    @FunctionalInterface
    interface Progress {
        void hashed(long hashed, long bytes);
    }

    private final RegistryClient registry;
    private final RottenBlobs rotten;
    private final Check order;
    private final Progress progress;
    private final Set<Object> seen = new HashSet<>();
    /** Those that are there, with their sizes. */
    private final Map<Digest, Long> blobs = new LinkedHashMap<>();

    private final List<String> problems = new ArrayList<>();
    private long hashed;

    /** @param rotten learns what a deep check finds */
    ImageChecker(RegistryClient registry, RottenBlobs rotten, Check order, Progress progress) {
        this.registry = requireNonNull(registry, "registry is null");
        this.rotten = requireNonNull(rotten, "rotten is null");
        this.order = requireNonNull(order, "order is null");
        this.progress = requireNonNull(progress, "progress is null");
    }

    /** Never throws: what is wrong is in the answer. */
    ImageCheck check() {
        String repository = order.repository();
        String tag = order.tag();
        String digest = "";
        try {
            RepositoryName name = RepositoryName.of(repository);
            ManifestReference reference = ManifestReference.of(tag);
            Optional<Manifest> top = registry.manifest(name, reference);
            if (top.isEmpty()) {
                return new ImageCheck(
                        repository, tag, "", false, "The registry has no " + repository + ":" + tag + ".");
            }
            digest = top.get().digest().toString();
            walk(name, top.get());
            if (order.deep()) {
                hash(name);
            }
            return new ImageCheck(repository, tag, digest, problems.isEmpty(), problem(), false, hashed);
        } catch (RegistryException e) {
            return new ImageCheck(
                    repository, tag, digest, false, TransferProblem.sentence(e), e.retryable() || isRefusal(e), hashed);
        } catch (IllegalArgumentException e) {
            return new ImageCheck(repository, tag, digest, false, TransferProblem.sentence(e));
        }
    }

    /** Of the asking, not of the image. */
    private static boolean isRefusal(RegistryException e) {
        return switch (e.code()) {
            case UNAUTHORIZED, DENIED, UNTRUSTED, UNREACHABLE, INTERRUPTED, CLOSED -> true;
            default -> false;
        };
    }

    private String problem() {
        String named = String.join(" ", problems.subList(0, Math.min(NAMED, problems.size())));
        return problems.size() > NAMED ? named + " And " + (problems.size() - NAMED) + " more." : named;
    }

    private void walk(RepositoryName repository, Manifest manifest) throws RegistryException {
        if (!seen.add(manifest.digest())) {
            return;
        }
        if (seen.size() > MOST_MANIFESTS) {
            problems.add("The image has more than " + MOST_MANIFESTS + " manifests; it is not followed further.");
            return;
        }
        ManifestView view = ManifestReader.read(manifest);
        if (view instanceof IndexManifest index) {
            children(repository, index);
        } else if (view instanceof ImageManifest image) {
            blobs(repository, image);
        }
    }

    private void children(RepositoryName repository, IndexManifest index) throws RegistryException {
        for (Descriptor child : index.manifests()) {
            Optional<Manifest> manifest = registry.manifest(repository, child.digest());
            if (manifest.isPresent()) {
                walk(repository, manifest.get());
            } else {
                problems.add("Manifest " + child.digest() + " is missing.");
            }
        }
    }

    private void blobs(RepositoryName repository, ImageManifest image) throws RegistryException {
        for (Descriptor blob : image.blobs()) {
            if (blob.isForeign() || blobs.containsKey(blob.digest())) {
                continue;
            }
            switch (registry.blob(repository, blob.digest(), blob.size())) {
                case PROVED -> blobs.put(blob.digest(), blob.size());
                case ABSENT -> problems.add("Blob " + blob.digest() + " is missing.");
                case CLAIMED_BUT_BROKEN ->
                    problems.add("Blob " + blob.digest()
                            + " is claimed by the registry, which does not deliver its last byte.");
            }
        }
    }

    private void hash(RepositoryName repository) throws RegistryException {
        long bytes = blobs.values().stream().mapToLong(Long::longValue).sum();
        LongConsumer told = read -> progress.hashed(read, bytes);
        BlobProof proof = new BlobProof(registry, order.bytesPerSecond(), told);
        for (Map.Entry<Digest, Long> blob : blobs.entrySet()) {
            Digest digest = blob.getKey();
            boolean right = proof.isRight(repository, digest, blob.getValue());
            hashed = proof.read();
            if (right) {
                rotten.remove(digest.toString());
            } else {
                rotten.add(digest.toString());
                problems.add("Blob " + digest + " of " + blob.getValue()
                        + " bytes has wrong bytes in the registry's storage.");
            }
        }
    }
}
