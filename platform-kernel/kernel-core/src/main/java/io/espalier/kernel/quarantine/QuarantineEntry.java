package io.espalier.kernel.quarantine;

import static java.util.Objects.requireNonNull;

import io.espalier.kernel.plugin.PluginId;
import io.espalier.kernel.plugin.PluginState;
import java.time.Instant;

/**
 * What is remembered of a quarantined plug-in.
 *
 * @param reason a sentence
 * @param attempts failures in a row, 1 or more
 * @param jarDigest SHA-256 of the jar that failed, in hex; another content deserves a fresh start
 */
public record QuarantineEntry(
        PluginId id, PluginState.Cause cause, String reason, int attempts, Instant nextRetry, String jarDigest) {
    public QuarantineEntry {
        requireNonNull(id, "id is null");
        requireNonNull(cause, "cause is null");
        requireNonNull(reason, "reason is null");
        requireNonNull(nextRetry, "nextRetry is null");
        requireNonNull(jarDigest, "jarDigest is null");
        if (attempts < 1) {
            throw new IllegalArgumentException("attempts is " + attempts + " but must be 1 or more");
        }
    }
}
