package io.espalier.engine.check;

import static java.util.Objects.requireNonNull;

/**
 * A container at one time.
 *
 * @param exitCode when it does not run any more
 * @param outOfMemory whether the kernel ended it for that
 */
public record ContainerState(boolean running, int exitCode, boolean outOfMemory, Health health) {
    /** What the image's HEALTHCHECK says. */
    public enum Health {
        /** The image has none. */
        NONE,
        STARTING,
        HEALTHY,
        UNHEALTHY
    }

    public ContainerState {
        requireNonNull(health, "health is null");
    }
}
