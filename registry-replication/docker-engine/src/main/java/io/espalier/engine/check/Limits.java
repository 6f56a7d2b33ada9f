package io.espalier.engine.check;

import static java.util.Objects.requireNonNull;

/**
 * What a container under test may use.
 *
 * @param memoryBytes without any swap
 * @param cpus processors, as 0.5
 * @param pids processes and threads
 * @param network name of the engine's network; {@code none} for none
 * @param readOnly whether its file system cannot be written to
 */
public record Limits(long memoryBytes, double cpus, int pids, String network, boolean readOnly) {
    /** The least memory that engines take. */
    public static final long LEAST_MEMORY = 6L << 20;

    /** 512 MiB, one processor, 256 processes, no network. */
    public static final Limits DEFAULT = new Limits(512L << 20, 1, 256, "none", false);

    public Limits {
        requireNonNull(network, "network is null");
        if (memoryBytes < LEAST_MEMORY) {
            throw new IllegalArgumentException(
                    "memory-bytes is " + memoryBytes + "; use " + LEAST_MEMORY + " or more.");
        }
        if (!(cpus >= 0.01 && cpus <= 1024)) {
            throw new IllegalArgumentException("cpus is " + cpus + "; use 0.01 to 1024.");
        }
        if (pids < 1) {
            throw new IllegalArgumentException("pids is " + pids + "; use 1 or more.");
        }
        if (!network.matches("[A-Za-z0-9][A-Za-z0-9_.-]{0,127}") || network.equals("host")) {
            throw new IllegalArgumentException(
                    "network is '" + network
                            + "'; use none, bridge, or the name of a network of the engine. The host's own is not given to images.");
        }
    }
}
