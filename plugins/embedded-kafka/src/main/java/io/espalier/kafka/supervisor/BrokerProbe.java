package io.espalier.kafka.supervisor;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Asks a broker which versions of the protocol it speaks, the one request that every broker answers at once and to anybody.
 * By hand, because the supervisor's bundle has no Kafka client. Source: Kafka's protocol guide, ApiVersions request v0.
 * Immutable.
 */
final class BrokerProbe {
    private static final short API_VERSIONS = 18;
    private static final short VERSION = 0;
    private static final int CORRELATION = 1;
    private static final byte[] CLIENT = "espalier-probe".getBytes(US_ASCII);
    private static final int LARGEST_ANSWER = 64 << 10;

    private final String address;
    private final Duration limit;

    /**
     * Connects to nothing yet.
     *
     * @param address as host:port
     * @param limit for the connection and the whole answer together
     */
    BrokerProbe(String address, Duration limit) {
        this.address = requireNonNull(address, "address is null");
        this.limit = requireNonNull(limit, "limit is null");
    }

    /**
     * Asks once and waits for the answer.
     *
     * @throws IOException with the reason, when there is no proper answer within the limit
     */
    void ask() throws IOException {
        long end = System.nanoTime() + limit.toNanos();
        try (Socket socket = new Socket()) {
            socket.connect(target(), left(end));
            socket.getOutputStream().write(request());
            byte[] head = read(socket, 8, end);
            int size = ByteBuffer.wrap(head).getInt();
            int correlation = ByteBuffer.wrap(head).getInt(4);
            if (size < 4 || size > LARGEST_ANSWER || correlation != CORRELATION) {
                throw new IOException("what answers does not speak Kafka's protocol");
            }
            // To its end, so that the broker sees an orderly goodbye.
            read(socket, size - 4, end);
        } catch (SocketTimeoutException e) {
            throw new IOException("no answer within " + limit.toMillis() + " ms", e);
        }
    }

    private InetSocketAddress target() throws IOException {
        int colon = address.lastIndexOf(':');
        try {
            return new InetSocketAddress(
                    InetAddress.getByName(address.substring(0, Math.max(0, colon))),
                    Integer.parseInt(address.substring(colon + 1)));
        } catch (IllegalArgumentException e) {
            throw new IOException("'" + address + "' is not host:port", e);
        }
    }

    private static byte[] request() {
        int size = 2 + 2 + 4 + 2 + CLIENT.length;
        return ByteBuffer.allocate(4 + size)
                .putInt(size)
                .putShort(API_VERSIONS)
                .putShort(VERSION)
                .putInt(CORRELATION)
                .putShort((short) CLIENT.length)
                .put(CLIENT)
                .array();
    }

    /** Piece by piece, since a socket's own limit counts anew with each piece. */
    private static byte[] read(Socket socket, int count, long end) throws IOException {
        byte[] all = new byte[count];
        InputStream in = socket.getInputStream();
        int have = 0;
        while (have < count) {
            socket.setSoTimeout(left(end));
            int more = in.read(all, have, count - have);
            if (more < 0) {
                throw new IOException("the connection was closed before the answer was complete");
            }
            have += more;
        }
        return all;
    }

    private static int left(long end) throws SocketTimeoutException {
        long millis = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (millis <= 0) {
            throw new SocketTimeoutException();
        }
        return (int) Math.min(millis, Integer.MAX_VALUE);
    }
}
