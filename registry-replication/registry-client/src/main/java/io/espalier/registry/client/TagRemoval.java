package io.espalier.registry.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.espalier.registry.content.Manifest;
import io.espalier.registry.content.MediaTypes;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.name.Digest;
import io.espalier.registry.name.RepositoryName;
import io.espalier.registry.name.TagName;
import java.util.Optional;
import java.util.UUID;

/** Deletes one tag and leaves the other tags of the same manifest alone. */
final class TagRemoval {
    private static final byte[] EMPTY = "{}".getBytes(UTF_8);
    private static final Digest EMPTY_DIGEST = Digest.sha256(EMPTY);

    private final Manifests manifests;
    private final Uploads uploads;

    TagRemoval(Manifests manifests, Uploads uploads) {
        this.manifests = manifests;
        this.uploads = uploads;
    }

    boolean delete(RepositoryName repository, TagName tag) throws RegistryException {
        if (manifests.head(repository, tag).isEmpty()) {
            return false;
        }
        Optional<Boolean> deleted = manifests.delete(repository, tag);
        if (deleted.isPresent()) {
            return deleted.get();
        }
        Manifest throwAway = throwAway();
        // Nothing is there yet, but a registry that does not delete says so; the tag must not be overwritten then.
        manifests.delete(repository, throwAway.digest());
        uploads.put(repository, EMPTY_DIGEST, EMPTY.length, BlobSource.of(EMPTY));
        manifests.put(repository, tag, throwAway);
        return manifests.delete(repository, throwAway.digest());
    }

    /** Unlike any other, so that no other tag goes with it. */
    private static Manifest throwAway() {
        String json = "{\"schemaVersion\":2,\"mediaType\":\"" + MediaTypes.OCI_MANIFEST
                + "\",\"config\":{\"mediaType\":\"application/vnd.oci.empty.v1+json\",\"digest\":\"" + EMPTY_DIGEST
                + "\",\"size\":" + EMPTY.length + "},\"layers\":[],\"annotations\":{\"io.espalier.deleted\":\""
                + UUID.randomUUID() + "\"}}";
        return Manifest.of(MediaTypes.OCI_MANIFEST, json.getBytes(UTF_8));
    }
}
