package io.espalier.http;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a door listens.
 *
 * @param name begins the names of the door's threads and stands in its log lines, as {@code stream-gateway}
 * @param host the address to listen on
 * @param port 0 to 65535; 0 takes any free port
 * @param maxBodyBytes the largest request body as it comes over the wire; more is answered with 413
 * @param bodyTooLargeCode the code of that answer
 * @param readsBodies whether a body has been read before a handler is called; else handlers read it and keep the limit
 * @param eventLoops threads that serve connections, 1 to 64
 * @param workers threads for blocking handlers, 1 to 64
 * @param closeLimit how long {@link HttpDoor#close} waits for requests that are being answered
 * @param tls the door's certificate and who is trusted; null without TLS
 * @param maxFrameBytes the largest frame of a WebSocket, and the largest message of several frames
 */
public record DoorSettings(
        String name,
        String host,
        int port,
        int maxBodyBytes,
        String bodyTooLargeCode,
        boolean readsBodies,
        int eventLoops,
        int workers,
        Duration closeLimit,
        @Nullable DoorTls tls,
        int maxFrameBytes) {
    private static final int FRAME_BYTES = 64 * 1024;

    public DoorSettings {
        requireNonNull(name, "name is null");
        requireNonNull(host, "host is null");
        requireNonNull(bodyTooLargeCode, "bodyTooLargeCode is null");
        requireNonNull(closeLimit, "closeLimit is null");
        checkRange("port", port, 0, 65_535);
        checkRange("maxBodyBytes", maxBodyBytes, 1, Integer.MAX_VALUE);
        checkRange("eventLoops", eventLoops, 1, 64);
        checkRange("workers", workers, 1, 64);
        checkRange("maxFrameBytes", maxFrameBytes, 1, Integer.MAX_VALUE);
    }

    /** One event loop, four workers, 1 MiB bodies, 5 seconds to close, no TLS, WebSocket frames of 64 KiB. */
    public static DoorSettings of(String name, String host, int port) {
        return new DoorSettings(
                name, host, port, 1 << 20, "BODY_TOO_LARGE", true, 1, 4, Duration.ofSeconds(5), null, FRAME_BYTES);
    }

    public DoorSettings withMaxBodyBytes(int bytes) {
        return withMaxBodyBytes(bytes, bodyTooLargeCode);
    }

    public DoorSettings withMaxBodyBytes(int bytes, String code) {
        return new DoorSettings(
                name, host, port, bytes, code, readsBodies, eventLoops, workers, closeLimit, tls, maxFrameBytes);
    }

    /** Handlers read the bodies of their requests themselves; beyond maxBodyBytes they fail the context with 413. */
    public DoorSettings withBodiesLeftToHandlers() {
        return new DoorSettings(
                name,
                host,
                port,
                maxBodyBytes,
                bodyTooLargeCode,
                false,
                eventLoops,
                workers,
                closeLimit,
                tls,
                maxFrameBytes);
    }

    public DoorSettings withThreads(int loops, int blocking) {
        return new DoorSettings(
                name,
                host,
                port,
                maxBodyBytes,
                bodyTooLargeCode,
                readsBodies,
                loops,
                blocking,
                closeLimit,
                tls,
                maxFrameBytes);
    }

    public DoorSettings withCloseLimit(Duration limit) {
        return new DoorSettings(
                name,
                host,
                port,
                maxBodyBytes,
                bodyTooLargeCode,
                readsBodies,
                eventLoops,
                workers,
                limit,
                tls,
                maxFrameBytes);
    }

    public DoorSettings withTls(DoorTls doorTls) {
        return new DoorSettings(
                name,
                host,
                port,
                maxBodyBytes,
                bodyTooLargeCode,
                readsBodies,
                eventLoops,
                workers,
                closeLimit,
                requireNonNull(doorTls, "doorTls is null"),
                maxFrameBytes);
    }

    /**
     * Handlers may make a request a WebSocket with {@code context.request().toWebSocket()} as at every door, but of frames up
     * to this size. A larger frame ends its WebSocket with 1009 (RFC 6455, 7.4.1), which a client that is still sending may
     * miss; a message of several frames that grows beyond it goes to the WebSocket's exception handler. There is no
     * compression. A WebSocket on which nothing moves for 75 seconds is closed, so ping more often.
     */
    public DoorSettings withWebSocketFrames(int bytes) {
        return new DoorSettings(
                name,
                host,
                port,
                maxBodyBytes,
                bodyTooLargeCode,
                readsBodies,
                eventLoops,
                workers,
                closeLimit,
                tls,
                bytes);
    }

    private static void checkRange(String field, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(field + " is " + value + "; use " + min + " to " + max + ".");
        }
    }
}
