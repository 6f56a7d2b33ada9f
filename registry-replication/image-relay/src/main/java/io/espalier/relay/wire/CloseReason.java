package io.espalier.relay.wire;

import io.vertx.core.http.WebSocketBase;
import java.nio.charset.StandardCharsets;

/** Why a WebSocket ends, within the 123 bytes that a close frame has room for (RFC 6455, 5.5). */
final class CloseReason {
    static final short NORMAL = 1000;
    static final short MALFORMED = 1008;
    private static final int MAX_BYTES = 123;

    private CloseReason() {}

    static void close(WebSocketBase socket, short code, String reason) {
        socket.close(code, shortened(reason)).onFailure(gone -> {
            // It was closed by the other end or by the link.
        });
    }

    static String shortened(String reason) {
        String ascii = reason.replaceAll("[^ -~]", "?");
        return ascii.length() <= MAX_BYTES
                ? ascii
                : new String(ascii.getBytes(StandardCharsets.US_ASCII), 0, MAX_BYTES - 3, StandardCharsets.US_ASCII)
                        + "...";
    }

    /** What the other end said, or what happened to the link. */
    static String of(WebSocketBase socket) {
        Short code = socket.closeStatusCode();
        String reason = socket.closeReason();
        if (reason != null && !reason.isBlank()) {
            return reason;
        }
        return code == null || code == 1006 ? "the link broke" : "closed with code " + code;
    }
}
