package io.espalier.engine.check;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;

/**
 * When an image counts as good.
 *
 * @param command that must end with code 0; empty for the image's own entry point
 * @param timeLimit after which a test that has no answer yet has failed
 * @param stayUp how long an image without command and HEALTHCHECK must run
 * @param mustStayUp whether the image's own program fails also when it ends with code 0
 */
public record SmokeRules(List<String> command, Duration timeLimit, Duration stayUp, boolean mustStayUp, Limits limits) {
    public SmokeRules {
        command = List.copyOf(command);
        requireNonNull(timeLimit, "timeLimit is null");
        requireNonNull(stayUp, "stayUp is null");
        requireNonNull(limits, "limits is null");
        if (timeLimit.compareTo(stayUp) < 0 || stayUp.isNegative() || timeLimit.isZero()) {
            throw new IllegalArgumentException("time-limit-seconds is " + timeLimit.toSeconds()
                    + " and stay-up-seconds " + stayUp.toSeconds() + "; the limit must not be shorter, nor 0.");
        }
    }
}
