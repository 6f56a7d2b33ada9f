package io.espalier.harbor.run;

import static java.util.Objects.requireNonNull;

import io.espalier.harbor.node.HarborEdge;

/**
 * How far a hop is. Harbor counts repositories, not bytes.
 *
 * @param text goes on after the edge's name
 */
public record RunProgress(HarborEdge edge, Stage stage, long done, long total, String text) {
    /** What happens now. */
    public enum Stage {
        CHECK,
        PREPARE,
        COPY,
        COMPARE,
        DONE,
        AGAIN,
        FAILED
    }

    public RunProgress {
        requireNonNull(edge, "edge is null");
        requireNonNull(stage, "stage is null");
        requireNonNull(text, "text is null");
    }
}
