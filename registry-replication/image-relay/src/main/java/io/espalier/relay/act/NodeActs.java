package io.espalier.relay.act;

import io.espalier.relay.protocol.ActAnswer;
import io.espalier.relay.protocol.ControlAction;
import io.espalier.relay.protocol.NodeId;

/** What a node can do for others. Thread-safe; blocks for some seconds at most. */
@FunctionalInterface
public interface NodeActs {
    /**
     * Does it; what fails is in the answer.
     *
     * @param holder who asked for it
     * @param subject an image as REPOSITORY:TAG, or a repository; empty for all
     */
    ActAnswer act(NodeId holder, ControlAction action, String subject);
}
