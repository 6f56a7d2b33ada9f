package io.espalier.replication.archive;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.espalier.registry.content.Descriptor;
import io.espalier.registry.content.ImageManifest;
import io.espalier.registry.content.IndexManifest;
import io.espalier.registry.content.Manifest;
import io.espalier.registry.content.ManifestReader;
import io.espalier.registry.content.ManifestView;
import io.espalier.registry.content.MediaTypes;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.name.Digest;
import io.espalier.replication.archive.ArchivedImage.Blob;
import io.espalier.replication.image.ImageName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads an OCI image layout in a tar file (OCI image specification 1.1, "Image Layout"), which newer {@code docker save} writes
 * too.
 */
final class OciLayout {
    private static final String INDEX = "index.json";
    private static final String TAG = "org.opencontainers.image.ref.name";
    private static final String FULL_NAME = "io.containerd.image.name";
    private static final int MAX_DEPTH = 8;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final TarFile tar;
    private final Map<Digest, Manifest> manifests = new LinkedHashMap<>();
    private final Map<Digest, Blob> blobs = new LinkedHashMap<>();

    private OciLayout(TarFile tar) {
        this.tar = tar;
    }

    static boolean isIn(TarFile tar) {
        return tar.has("oci-layout") && tar.has(INDEX);
    }

    /** The image to push under a name; the message of a failure goes behind "the archive". */
    static ArchivedImage read(TarFile tar, ImageName wanted) throws IOException, RegistryException {
        String version = JSON.readTree(tar.bytes("oci-layout", 4_096))
                .path("imageLayoutVersion")
                .asText();
        if (!version.startsWith("1.")) {
            throw new IOException("has the OCI layout version '" + version + "' where 1.0.0 is known");
        }
        List<Descriptor> entries = entries(tar);
        List<List<String>> names = entries.stream().map(OciLayout::names).toList();
        OciLayout layout = new OciLayout(tar);
        Descriptor chosen = entries.get(ArchiveNames.choose(names, wanted));
        layout.visit(chosen.digest(), chosen.mediaType(), 0);
        return new ArchivedImage(List.copyOf(layout.manifests.values()), List.copyOf(layout.blobs.values()));
    }

    private static List<Descriptor> entries(TarFile tar) throws IOException, RegistryException {
        byte[] bytes = tar.bytes(INDEX, Manifest.MOST_BYTES);
        ManifestView view = ManifestReader.read(Manifest.of(MediaTypes.OCI_INDEX, bytes));
        return view instanceof IndexManifest index ? index.manifests() : List.of();
    }

    private static List<String> names(Descriptor entry) {
        List<String> names = new ArrayList<>();
        for (String annotation : List.of(TAG, FULL_NAME)) {
            String name = entry.annotations().get(annotation);
            if (name != null) {
                names.add(name);
            }
        }
        return names;
    }

    private void visit(Digest digest, String type, int depth) throws IOException, RegistryException {
        if (manifests.containsKey(digest)) {
            return;
        }
        if (depth > MAX_DEPTH) {
            throw new IOException("has indexes that lead deeper than " + MAX_DEPTH + " levels");
        }
        ManifestReader.checkSupported(type, digest);
        String member = member(digest);
        if (!tar.has(member)) {
            throw new IOException("names " + digest + " but does not hold it; save it with all its platforms, or one"
                    + " platform alone");
        }
        Manifest manifest = Manifest.of(type, tar.bytes(member, Manifest.MOST_BYTES), digest.algorithm());
        if (!manifest.digest().equals(digest)) {
            throw new IOException("is damaged: its manifest " + digest + " has the digest " + manifest.digest());
        }
        ManifestView view = ManifestReader.read(manifest);
        if (view instanceof IndexManifest index) {
            for (Descriptor child : index.manifests()) {
                visit(child.digest(), child.mediaType(), depth + 1);
            }
        } else if (view instanceof ImageManifest image) {
            take(image.config());
            for (Descriptor layer : image.layers()) {
                take(layer);
            }
        }
        manifests.put(digest, manifest);
    }

    private void take(Descriptor blob) throws IOException {
        if (blob.isForeign()) {
            throw new IOException("has the foreign layer " + blob.digest() + ", which registries do not take");
        }
        String member = member(blob.digest());
        if (!tar.has(member)) {
            throw new IOException("names the blob " + blob.digest() + " but does not hold it; it is incomplete");
        }
        if (tar.size(member) != blob.size()) {
            throw new IOException("holds the blob " + blob.digest() + " with " + tar.size(member) + " bytes where "
                    + blob.size() + " must be");
        }
        blobs.put(blob.digest(), new Blob(blob.digest(), blob.size(), () -> tar.open(member)));
    }

    private static String member(Digest digest) {
        return "blobs/" + digest.algorithm().label() + "/" + digest.hex();
    }
}
