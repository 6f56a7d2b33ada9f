package io.espalier.replication.plan;

import static java.util.Objects.requireNonNull;

/**
 * A tree is another one than before.
 *
 * @param size whose tree it is
 * @param members whether it changed because nodes came or went; else because other links are faster now, which moves only
 *     nodes that lag
 * @param reason a sentence
 */
public record PlanChange(SizeClass size, boolean members, String reason) {
    public PlanChange {
        requireNonNull(size, "size is null");
        requireNonNull(reason, "reason is null");
    }
}
