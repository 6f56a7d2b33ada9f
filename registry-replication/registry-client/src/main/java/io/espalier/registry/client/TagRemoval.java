package io.espalier.registry.client;

import io.espalier.registry.content.Manifest;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.name.RepositoryName;
import io.espalier.registry.name.TagName;
import java.util.Optional;

/** Deletes one tag and leaves the other tags of the same manifest alone. */
final class TagRemoval {

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
        Manifest throwAway = ThrowAway.make();
        // Nothing is there yet, but a registry that does not delete says so; the tag must not be overwritten then.
        manifests.delete(repository, throwAway.digest());
        uploads.put(repository, ThrowAway.EMPTY_DIGEST, ThrowAway.EMPTY.length, BlobSource.of(ThrowAway.EMPTY));
        manifests.put(repository, tag, throwAway);
        return manifests.delete(repository, throwAway.digest());
    }
}
