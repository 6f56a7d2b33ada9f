package io.espalier.replication.removal;

import io.espalier.relay.protocol.TagPart;
import io.espalier.replication.image.ImageException;
import io.espalier.replication.image.ImageName;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The images that are replicated, as removals need them. Thread-safe. */
public interface ReplicatedImages {
    /**
     * A tag as it was sent last.
     *
     * @param digest that it had
     * @param generation of the tag then
     */
    record Known(ImageName name, String digest, long generation) {}

    /**
     * What belongs to an image alone.
     *
     * @param manifests digests of its manifests, its own last; none that another image has too
     * @param companions tags of its signatures and referrers
     */
    record Belongings(List<String> manifests, List<TagPart> companions) {
        public Belongings {
            manifests = List.copyOf(manifests);
            companions = List.copyOf(companions);
        }
    }

    /** What came of retiring an image. */
    enum Retired {
        /** It is replicated no longer; a push of the tag begins anew. */
        DONE,
        /** The master's registry has the tag. */
        BACK,
        /** It is not replicated, or with another digest. */
        UNKNOWN
    }

    /** Stores that nodes are told. */
    @FunctionalInterface
    interface Note {
        /** The generation of the removal; empty, and nothing is stored, when the tag or the decision changed meanwhile. */
        OptionalLong store() throws ImageException;
    }

    /** All tags that are replicated. */
    List<Known> known();

    Optional<Known> find(ImageName name);

    /** Blocking. */
    Belongings belongings(ImageName name);

    /**
     * Replicates a tag no longer: looks once more that the master's registry does not have it, notes it, and stops what runs. Nothing
     * else is done about the repository meanwhile. Blocking.
     *
     * @param note called when the tag is gone for sure; when it answers nothing, nothing is done
     * @throws ImageException when the registry does not say whether it has the tag
     */
    Retired retire(Known image, Note note) throws ImageException, InterruptedException;

    /** Lets all tags that are sent from now on be newer than a removal of this generation, whatever the clock says by then. */
    void outdo(long generation);
}
