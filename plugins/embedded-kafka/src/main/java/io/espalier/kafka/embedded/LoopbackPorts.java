package io.espalier.kafka.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Finds TCP ports of the loopback address that nobody uses.
 *
 * <p>The ports lie below the range from which Linux takes the local ports of outgoing connections (32768 and up), so that
 * no connection of another program takes one between the choice and its use.
 */
public final class LoopbackPorts {
    private static final int LOWEST = 20_000;
    private static final int BEYOND = 32_000;
    private static final int TRIES = 200;

    private LoopbackPorts() {}

    /** A port that was free a moment ago. */
    public static int free() {
        return free(1).iterator().next();
    }

    /** {@code count} different ports that were free a moment ago. */
    public static Set<Integer> free(int count) {
        Set<Integer> ports = new HashSet<>();
        for (int i = 0; i < TRIES && ports.size() < count; i++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, BEYOND);
            if (isFree(port)) {
                ports.add(port);
            }
        }
        if (ports.size() < count) {
            throw new IllegalStateException(
                    "Found only " + ports.size() + " of " + count + " free ports of 127.0.0.1 from " + LOWEST + " to "
                            + (BEYOND - 1) + " in " + TRIES + " tries; close programs that listen there.");
        }
        return ports;
    }

    /** Whether a server could listen on this port of the loopback address now. */
    public static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }
}
