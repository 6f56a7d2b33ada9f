package io.espalier.stream.stage;

import java.util.List;

/**
 * One stage of the way of a stream - collector, gateway, terminal - as the reconciliation sees it; each plug-in offers its
 * stage as a service. Methods answer from memory, never block, and are safe for use by many threads.
 */
public interface StreamStage {
    /** {@code collector}, {@code gateway} or the terminal's name. */
    String name();

    /** One entry for each stream this stage has seen. */
    List<StreamCounts> counts();
}
