package io.espalier.replication.control;

import io.espalier.relay.protocol.ActAnswer;
import io.espalier.relay.protocol.NodeId;
import io.espalier.replication.image.ImageName;
import java.util.Optional;

/** What the master does for nodes that may ask for it. Thread-safe, blocking; what fails is in the answer. */
public interface MasterWork {
    /** Measures all pairs by ping, without waiting for the end. */
    ActAnswer measure();

    /** Makes the trees anew. */
    ActAnswer plan();

    /** Sends an image to all nodes. */
    ActAnswer push(ImageName image);

    /** Whether the image was ever sent. */
    boolean knows(ImageName image);

    /**
     * Sends a node again what it has of an image, or of all.
     *
     * @throws IllegalStateException with a sentence when that is not possible now
     */
    void resync(NodeId node, Optional<ImageName> image);
}
