package io.espalier.replication.removal;

import io.espalier.replication.image.ImageException;
import io.espalier.replication.image.ImageName;
import java.util.List;
import java.util.Optional;

/**
 * What an operator can ask of removals. Thread-safe, blocking; methods throw {@link IllegalArgumentException} with a sentence when
 * there is nothing of that name.
 */
public interface Removals {
    /**
     * Those that are not decided, the oldest first; then up to 200 that nodes keep, and up to 20 that are over.
     *
     * @param most of those that are not decided
     */
    List<RemovalView> list(int most);

    /** How many are not decided. */
    int undecided();

    /**
     * Says yes to a removal that is held, so that nodes are told now; or asks those nodes again that could not do it.
     *
     * @return what was done, as a sentence
     * @throws ImageException when the master's registry does not say that the image is gone
     */
    String confirm(String id) throws ImageException;

    /** Says no: nodes keep the image until its tag is pushed again. */
    String reject(String id);

    /**
     * Tells nodes now to remove an image that is gone from the master's registry, whatever the policy says.
     *
     * @param mode empty for that of the policy, or untag where that is keep
     * @throws ImageException when the master's registry still has it, or does not say
     */
    String remove(ImageName image, Optional<RemovalMode> mode) throws ImageException;

    /** Asks every node what {@link #remove} would do there as soon as the image is gone at the master; changes nothing. */
    List<NodePreview> preview(ImageName image, Optional<RemovalMode> mode) throws ImageException;
}
