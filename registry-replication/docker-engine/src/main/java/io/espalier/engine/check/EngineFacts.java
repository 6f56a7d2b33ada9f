package io.espalier.engine.check;

import static java.util.Objects.requireNonNull;

/**
 * What an engine says of itself.
 *
 * @param architecture as in images, {@code amd64}
 */
public record EngineFacts(String version, String os, String architecture) {
    public EngineFacts {
        requireNonNull(version, "version is null");
        requireNonNull(os, "os is null");
        requireNonNull(architecture, "architecture is null");
    }

    /** As {@code linux/amd64}. */
    public String platform() {
        return os + "/" + architecture;
    }
}
