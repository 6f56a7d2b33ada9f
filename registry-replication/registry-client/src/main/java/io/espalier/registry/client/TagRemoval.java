package io.espalier.registry.client;

import io.espalier.registry.content.Manifest;
import io.espalier.registry.error.ErrorCode;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.name.Digest;
import io.espalier.registry.name.RepositoryName;
import io.espalier.registry.name.TagName;
import java.util.Optional;

/**
 * Deletes one tag and leaves the other tags of the same manifest alone. What the tag points at is asked just before; who sets it in
 * the moment after that loses it, which no registry can prevent.
 */
final class TagRemoval {

    private final Manifests manifests;
    private final Uploads uploads;

    TagRemoval(Manifests manifests, Uploads uploads) {
        this.manifests = manifests;
        this.uploads = uploads;
    }

    boolean delete(RepositoryName repository, TagName tag) throws RegistryException {
        Optional<Digest> now = manifests.head(repository, tag);
        return now.isPresent() && delete(repository, tag, now.get());
    }

    boolean delete(RepositoryName repository, TagName tag, Digest expected) throws RegistryException {
        if (!isStill(repository, tag, manifests.head(repository, tag), expected)) {
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
        // Again: the calls above took their time, and this one would hide what somebody else has put there meanwhile.
        if (!isStill(repository, tag, manifests.head(repository, tag), expected)) {
            return false;
        }
        manifests.put(repository, tag, throwAway);
        return manifests.delete(repository, throwAway.digest());
    }

    /** Whether the tag is there, and as expected. */
    static boolean isStill(RepositoryName repository, TagName tag, Optional<Digest> now, Digest expected)
            throws RegistryException {
        if (now.isPresent() && !now.get().equals(expected)) {
            throw RegistryException.passing(
                    ErrorCode.REFUSED,
                    "Tag " + tag + " of " + repository + " points at " + now.get() + " now and not at " + expected
                            + ", so somebody else has set it meanwhile; it was not deleted.");
        }
        return now.isPresent();
    }
}
