package io.espalier.relay.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.registry.client.BlobPresence;
import io.espalier.registry.client.RegistryClient;
import io.espalier.registry.content.Descriptor;
import io.espalier.registry.content.ImageManifest;
import io.espalier.registry.content.IndexManifest;
import io.espalier.registry.content.Manifest;
import io.espalier.registry.content.ManifestReader;
import io.espalier.registry.content.ManifestView;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.name.ManifestReference;
import io.espalier.registry.name.RepositoryName;
import io.espalier.relay.protocol.ImageCheck;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Reads an image back from the node's registry: every manifest whole, every blob's last byte. */
final class ImageChecker {
    private static final int MOST_MANIFESTS = 1_000;

    private final RegistryClient registry;

    ImageChecker(RegistryClient registry) {
        this.registry = requireNonNull(registry, "registry is null");
    }

    /** Never throws: what is wrong is in the answer. */
    ImageCheck check(String repository, String tag) {
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
            String problem = walk(name, top.get(), new HashSet<>());
            return new ImageCheck(repository, tag, digest, problem.isEmpty(), problem);
        } catch (RegistryException e) {
            return new ImageCheck(
                    repository, tag, digest, false, TransferProblem.sentence(e), e.retryable() || isRefusal(e));
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

    private String walk(RepositoryName repository, Manifest manifest, Set<Object> seen) throws RegistryException {
        if (!seen.add(manifest.digest())) {
            return "";
        }
        if (seen.size() > MOST_MANIFESTS) {
            return "The image has more than " + MOST_MANIFESTS + " manifests and blobs; it is not followed further.";
        }
        ManifestView view = ManifestReader.read(manifest);
        if (view instanceof IndexManifest index) {
            return children(repository, index, seen);
        }
        return view instanceof ImageManifest image ? blobs(repository, image) : "";
    }

    private String children(RepositoryName repository, IndexManifest index, Set<Object> seen) throws RegistryException {
        for (Descriptor child : index.manifests()) {
            Optional<Manifest> manifest = registry.manifest(repository, child.digest());
            String problem = manifest.isEmpty()
                    ? "Manifest " + child.digest() + " is missing."
                    : walk(repository, manifest.get(), seen);
            if (!problem.isEmpty()) {
                return problem;
            }
        }
        return "";
    }

    private String blobs(RepositoryName repository, ImageManifest image) throws RegistryException {
        for (Descriptor blob : image.blobs()) {
            if (blob.isForeign()) {
                continue;
            }
            BlobPresence presence = registry.blob(repository, blob.digest(), blob.size());
            if (presence != BlobPresence.PROVED) {
                return "Blob " + blob.digest() + " is "
                        + (presence == BlobPresence.ABSENT
                                ? "missing."
                                : "claimed by the registry, which does not deliver its last byte.");
            }
        }
        return "";
    }
}
