package io.espalier.replication.control;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.permission.Permission;
import java.time.Duration;

/**
 * How long permissions and their audit live.
 *
 * @param life of a permission, whole seconds, at most five minutes
 * @param auditAge requests are forgotten when they are older
 * @param auditRows about so many requests are kept, the latest
 */
public record ControlSettings(Duration life, Duration auditAge, int auditRows) {
    public static final ControlSettings DEFAULT =
            new ControlSettings(Duration.ofSeconds(60), Duration.ofDays(90), 10_000);

    public ControlSettings {
        requireNonNull(auditAge, "auditAge is null");
        if (life.toSeconds() < 1 || life.compareTo(Permission.MOST_LIFE) > 0) {
            throw new IllegalArgumentException("permission-seconds is " + life.toSeconds() + "; use 1 to "
                    + Permission.MOST_LIFE.toSeconds() + ".");
        }
        if (auditAge.isNegative() || auditAge.isZero()) {
            throw new IllegalArgumentException("audit-days is " + auditAge.toDays() + "; use 1 or more.");
        }
        if (auditRows < 100) {
            throw new IllegalArgumentException("audit-rows is " + auditRows + "; use 100 or more.");
        }
    }
}
