package io.espalier.replication.image;

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
import io.espalier.registry.name.Digest;
import io.espalier.registry.name.ManifestReference;
import io.espalier.registry.name.RepositoryName;
import io.espalier.registry.name.TagName;
import io.espalier.relay.protocol.ManifestPart;
import io.espalier.replication.image.ImageClosure.BlobRef;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Walks from one name to all that belongs to it: children of indexes, referrers by the registry's list or the fallback tag,
 * cosign's tags, and all of these of what was found. For one image and one thread.
 */
final class ClosureWalk {
    private static final int MAX_DEPTH = 8;
    private static final int MAX_MANIFESTS = 1_000;
    private static final int MAX_BLOBS = 10_000;
    /** With these a transfer, in base64, stays below the largest message of a control link, 16 MiB. */
    private static final int MAX_MANIFEST_BYTES = 8 << 20;

    private final RegistryClient registry;
    private final IndexChoice choice;
    private final ImageName name;
    private final RepositoryName repository;
    private final Map<Digest, ManifestPart> manifests = new LinkedHashMap<>();
    private final Set<Digest> walking = new HashSet<>();
    private final Map<Digest, BlobRef> blobs = new LinkedHashMap<>();
    private final Map<String, String> companions = new LinkedHashMap<>();
    private final List<String> leftOut = new ArrayList<>();
    private long manifestBytes;

    ClosureWalk(RegistryClient registry, PlatformList platforms, ImageName name) {
        this.registry = requireNonNull(registry, "registry is null");
        this.choice = new IndexChoice(platforms);
        this.name = requireNonNull(name, "name is null");
        this.repository = name.inRegistry();
    }

    ImageClosure walk() throws RegistryException, ImageException {
        Manifest root = read(ManifestReference.of(name.reference()))
                .orElseThrow(() -> new ImageException(
                        ImageException.Code.NOT_FOUND,
                        "Image " + name + " is not in the registry "
                                + registry.endpoint().uri() + "; push it there first.",
                        null));
        visit(root, 0);
        referrers();
        for (BlobRef blob : blobs.values()) {
            prove(blob);
        }
        return new ImageClosure(
                name,
                root.digest().toString(),
                List.copyOf(blobs.values()),
                List.copyOf(manifests.values()),
                companions,
                leftOut);
    }

    private Optional<Manifest> read(ManifestReference reference) throws RegistryException {
        return registry.manifest(repository, reference);
    }

    /** Takes a manifest after everything that it names, for registries want it so. */
    private void visit(Manifest manifest, int depth) throws RegistryException, ImageException {
        if (manifests.containsKey(manifest.digest())) {
            return;
        }
        if (depth > MAX_DEPTH || !walking.add(manifest.digest())) {
            throw refused("its indexes lead deeper than " + MAX_DEPTH + " levels or in a circle");
        }
        ManifestView view = ManifestReader.read(manifest);
        if (view instanceof IndexManifest index) {
            visitChildren(index, depth);
        } else if (view instanceof ImageManifest image) {
            take(image);
        }
        take(manifest);
        walking.remove(manifest.digest());
    }

    private void visitChildren(IndexManifest index, int depth) throws RegistryException, ImageException {
        for (Descriptor child : index.manifests()) {
            if (!choice.isSent(index, child)) {
                leftOut.add(child.digest().toString());
                continue;
            }
            ManifestReader.checkSupported(child.mediaType(), child.digest());
            Manifest found = read(sha256(child.digest()))
                    .orElseThrow(() -> refused("its index names " + child.digest() + ", which is not in the registry"));
            visit(found, depth + 1);
        }
    }

    private void take(Manifest manifest) throws ImageException {
        manifestBytes += manifest.size();
        if (manifests.size() >= MAX_MANIFESTS || manifestBytes > MAX_MANIFEST_BYTES) {
            throw refused(
                    "it has more than " + MAX_MANIFESTS + " manifests or " + MAX_MANIFEST_BYTES + " bytes of them");
        }
        manifests.put(
                manifest.digest(),
                new ManifestPart(manifest.digest().toString(), manifest.mediaType(), manifest.bytes()));
    }

    private void take(ImageManifest image) throws ImageException {
        // Registries take a configuration like any layer; it is small, so it comes first.
        take(image.config());
        for (Descriptor layer : image.layers()) {
            take(layer);
        }
    }

    private void take(Descriptor blob) throws ImageException {
        if (blob.isForeign()) {
            throw refused("its layer " + blob.digest()
                    + " is a foreign one, which its licence keeps out of other registries; build the image with the layer"
                    + " included");
        }
        BlobRef found = new BlobRef(sha256(blob.digest()).toString(), blob.size());
        BlobRef before = blobs.putIfAbsent(blob.digest(), found);
        if (before != null && before.size() != found.size()) {
            throw refused("its blob " + blob.digest() + " has two sizes, " + before.size() + " and " + found.size());
        }
        if (blobs.size() > MAX_BLOBS) {
            throw refused("it has more than " + MAX_BLOBS + " blobs");
        }
    }

    /** Of everything found so far, and then of what that led to. */
    private void referrers() throws RegistryException, ImageException {
        List<Digest> open = new ArrayList<>(manifests.keySet());
        for (int i = 0; i < open.size(); i++) {
            int before = manifests.size();
            companionsOf(open.get(i));
            List<Digest> all = List.copyOf(manifests.keySet());
            open.addAll(all.subList(before, all.size()));
        }
    }

    private void companionsOf(Digest subject) throws RegistryException, ImageException {
        for (Descriptor referrer : registry.referrers(repository, subject)) {
            // An entry of a fallback index may be left over from a referrer that was deleted.
            Optional<Manifest> found = read(sha256(referrer.digest()));
            if (found.isPresent()) {
                visit(found.get(), 1);
            }
        }
        fallback(TagName.fallbackOf(subject));
        for (TagName tag : registry.signatureTags(repository, subject).keySet()) {
            companion(tag);
        }
    }

    /**
     * An index under the fallback tag that names a referrer which is gone would be refused by nodes' registries; then the
     * referrers go without it, and nodes list them anew.
     */
    private void fallback(TagName tag) throws RegistryException, ImageException {
        Optional<Manifest> found = read(tag);
        boolean whole = found.isPresent()
                && ManifestReader.read(found.get()) instanceof IndexManifest index
                && index.manifests().stream().allMatch(entry -> manifests.containsKey(entry.digest()));
        if (whole) {
            companion(tag);
        }
    }

    private void companion(TagName tag) throws RegistryException, ImageException {
        Optional<Manifest> found = read(tag);
        if (found.isPresent()) {
            visit(found.get(), 1);
            companions.put(tag.value(), found.get().digest().toString());
        }
    }

    private void prove(BlobRef blob) throws RegistryException, ImageException {
        BlobPresence presence = registry.blob(repository, Digest.of(blob.digest()), blob.size());
        if (presence == BlobPresence.ABSENT) {
            throw refused("its blob " + blob.digest() + " is not in the registry; push the image again");
        }
        if (presence == BlobPresence.CLAIMED_BUT_BROKEN) {
            throw refused("the registry claims its blob " + blob.digest() + " of " + blob.size()
                    + " bytes but does not deliver the last one; push the image again");
        }
    }

    private Digest sha256(Digest digest) throws ImageException {
        if (digest.algorithm() != Digest.Algorithm.SHA256) {
            throw refused("it names " + digest + "; only sha256 is taken");
        }
        return digest;
    }

    private ImageException refused(String why) {
        return ImageException.refused("Tried to read image " + name + " but " + why + ".");
    }
}
