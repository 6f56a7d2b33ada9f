package io.espalier.relay.protocol;

import static java.util.Objects.requireNonNull;

/**
 * Says whether an image may leave the master; an OSGi service that the controller asks before a changed tag becomes a transfer. Where
 * there is none, every image passes, unless the controller requires one.
 *
 * <p>Idempotent and thread-safe. An answer comes at once: a gate that needs time begins to judge, says so, and is asked again every
 * second or so until it has a verdict. It keeps its verdicts by digest, also over restarts.
 */
@FunctionalInterface
public interface ReleaseGate {
    /**
     * The gate's present opinion.
     *
     * @param digest of the manifest or index that the tag names now; the opinion is about this content
     */
    Opinion ask(String repository, String tag, String digest);

    /** What a gate thinks of an image. */
    sealed interface Opinion {
        /** It may be replicated. */
        record Passes() implements Opinion {}

        /** It may not. The sentence says why, and where to read more. */
        record Holds(String sentence) implements Opinion {
            public Holds {
                requireNonNull(sentence, "sentence is null");
            }
        }

        /** There is no verdict yet. The sentence says what is waited for. */
        record Judges(String sentence) implements Opinion {
            public Judges {
                requireNonNull(sentence, "sentence is null");
            }
        }
    }
}
