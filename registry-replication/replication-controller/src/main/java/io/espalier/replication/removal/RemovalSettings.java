package io.espalier.replication.removal;

import static java.util.Objects.requireNonNull;

import io.espalier.replication.image.GlobList;
import java.time.Duration;

/**
 * Whether nodes follow when images go.
 *
 * @param mode for what is found gone
 * @param repositories that this is for, among those that are replicated
 * @param after how long an image must be gone before nodes are told
 * @param mostPercent of all images that may go within this time; more is held until an operator confirms it
 */
public record RemovalSettings(RemovalMode mode, GlobList repositories, Duration after, int mostPercent) {
    /** Nodes keep everything. */
    public static final RemovalSettings KEEP =
            new RemovalSettings(RemovalMode.KEEP, GlobList.everything(), Duration.ofDays(1), 10);

    public RemovalSettings {
        requireNonNull(mode, "mode is null");
        requireNonNull(repositories, "repositories is null");
        requireNonNull(after, "after is null");
        if (after.isNegative() || after.compareTo(Duration.ofDays(366)) > 0) {
            throw new IllegalArgumentException(
                    "delete-after-minutes is " + after.toMinutes() + "; use 0 to 527040, which is 366 days.");
        }
        if (mostPercent < 0 || mostPercent > 100) {
            throw new IllegalArgumentException("delete-most-percent is " + mostPercent + "; use 0 to 100.");
        }
    }
}
