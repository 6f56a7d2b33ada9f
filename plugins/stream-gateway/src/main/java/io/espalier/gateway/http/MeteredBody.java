package io.espalier.gateway.http;

import static java.util.Objects.requireNonNull;

import io.espalier.gateway.memory.MemoryShares.Hold;
import io.espalier.gateway.memory.MemoryShares.Verdict;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.function.Consumer;

/**
 * Reads a request's body while a hold grows with it. A length that is announced is held before a byte is read, so that a sender
 * that would not find room learns it at once. What comes after a refusal is read and dropped, so that the answer arrives.
 *
 * <p>Used on one connection's event loop only.
 */
final class MeteredBody {
    private final RoutingContext ctx;
    private final Hold hold;
    private final int maxBytes;
    private final Consumer<Verdict> noRoom;
    private final Buffer body = Buffer.buffer();
    private long held;
    private boolean refused;

    /** @param noRoom called once, instead of the reader, with the bound that was reached; must not throw */
    MeteredBody(RoutingContext ctx, Hold hold, int maxBytes, Consumer<Verdict> noRoom) {
        this.ctx = requireNonNull(ctx, "ctx is null");
        this.hold = requireNonNull(hold, "hold is null");
        this.maxBytes = maxBytes;
        this.noRoom = requireNonNull(noRoom, "noRoom is null");
    }

    /** Calls the reader with the whole body, or fails the context: with 413 beyond the limit. */
    void read(Consumer<byte[]> reader) {
        HttpServerRequest request = ctx.request();
        grow(announced(request));
        if (refused) {
            return;
        }
        request.exceptionHandler(failure -> refuse(() -> ctx.fail(400, failure)))
                .handler(this::append)
                .endHandler(end -> {
                    if (!refused) {
                        reader.accept(body.getBytes());
                    }
                });
    }

    private void append(Buffer chunk) {
        if (refused) {
            return;
        }
        grow((long) body.length() + chunk.length());
        if (!refused) {
            body.appendBuffer(chunk);
        }
    }

    private void grow(long bytes) {
        if (bytes > maxBytes) {
            refuse(() -> ctx.fail(413));
            return;
        }
        if (bytes > held) {
            Verdict verdict = hold.resize(bytes);
            if (verdict == Verdict.HELD) {
                held = bytes;
            } else {
                refuse(() -> noRoom.accept(verdict));
            }
        }
    }

    private void refuse(Runnable answer) {
        if (!refused) {
            refused = true;
            answer.run();
        }
    }

    /** The Content-Length, or 0 if the body comes in chunks. */
    private static long announced(HttpServerRequest request) {
        String length = request.getHeader("Content-Length");
        if (length == null || !length.matches("\\d{1,18}")) {
            return 0;
        }
        return Long.parseLong(length);
    }
}
