package io.espalier.relay.act;

import io.espalier.relay.protocol.ActAnswer;
import io.espalier.relay.protocol.ControlAction;

/** What a node can do for others. Thread-safe; blocks for some seconds at most. */
@FunctionalInterface
public interface NodeActs {
    /**
     * Does it; what fails is in the answer.
     *
     * @param subject an image as REPOSITORY:TAG, or a repository; empty for all
     */
    ActAnswer act(ControlAction action, String subject);
}
