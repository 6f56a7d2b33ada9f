package io.espalier.relay.permission;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.ControlAction;
import io.espalier.relay.protocol.NodeId;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.regex.Pattern;

/**
 * What one node may do at another one, once, within a short time.
 *
 * @param id unique; the master's audit knows it by this
 * @param holder who may do it
 * @param target where
 * @param subject an image as REPOSITORY:TAG, or a repository; empty for all
 * @param notBefore when it was given, in whole seconds
 * @param expires in whole seconds, at most {@link #MOST_LIFE} later
 */
public record Permission(
        String id,
        NodeId holder,
        NodeId target,
        ControlAction action,
        String subject,
        Instant notBefore,
        Instant expires) {
    public static final Duration MOST_LIFE = Duration.ofMinutes(5);
    public static final int MAX_SUBJECT_CHARS = 400;
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{16,64}");

    public Permission {
        requireNonNull(id, "id is null");
        requireNonNull(holder, "holder is null");
        requireNonNull(target, "target is null");
        requireNonNull(action, "action is null");
        requireNonNull(subject, "subject is null");
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException("The id of a permission has 16 to 64 of A-Z a-z 0-9 _ -.");
        }
        if (subject.length() > MAX_SUBJECT_CHARS) {
            throw new IllegalArgumentException(
                    "The subject of a permission has at most " + MAX_SUBJECT_CHARS + " characters.");
        }
        Duration life = Duration.between(notBefore, expires);
        if (life.isNegative() || life.isZero() || life.compareTo(MOST_LIFE) > 0) {
            throw new IllegalArgumentException("A permission lives for " + life + "; use up to " + MOST_LIFE + ".");
        }
        if (isBroken(notBefore) || isBroken(expires)) {
            throw new IllegalArgumentException("The times of a permission are whole seconds.");
        }
    }

    private static boolean isBroken(Instant time) {
        return !time.equals(time.truncatedTo(ChronoUnit.SECONDS));
    }
}
