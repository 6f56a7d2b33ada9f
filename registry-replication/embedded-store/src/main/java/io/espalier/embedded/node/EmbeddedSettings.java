package io.espalier.embedded.node;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;

/**
 * How a node's own store is kept and reached.
 *
 * @param folder of the store alone
 * @param host under which others reach it, for its address
 * @param bind the address that its door listens on
 * @param port 0 takes any free one
 * @param storeBytes most that its files may have together
 */
public record EmbeddedSettings(Path folder, String host, String bind, int port, long storeBytes) {
    /** The least that {@code storeBytes} may be. */
    public static final long LEAST_BYTES = 16L << 20;

    private static final int MAX_PORT = 65_535;

    public EmbeddedSettings {
        requireNonNull(folder, "folder is null");
        requireNonNull(host, "host is null");
        requireNonNull(bind, "bind is null");
        if (port < 0 || port > MAX_PORT) {
            throw new IllegalArgumentException("store-port is " + port + "; use 0 to " + MAX_PORT + ".");
        }
        if (storeBytes < LEAST_BYTES) {
            throw new IllegalArgumentException("store-bytes is " + storeBytes + "; use " + LEAST_BYTES + " or more.");
        }
    }
}
