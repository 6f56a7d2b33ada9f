package io.espalier.replication.trigger;

import java.util.Optional;

/** What is replicated already. Thread-safe, answers from memory. */
@FunctionalInterface
public interface TagKnowledge {
    /** The digest that the tag had when it was sent last; empty when it never was. */
    Optional<String> digest(String repository, String tag);
}
