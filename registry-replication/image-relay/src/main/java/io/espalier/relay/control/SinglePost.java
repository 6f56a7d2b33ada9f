package io.espalier.relay.control;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.MessageCodec;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Posts records to doors of other nodes, each on a connection of its own, and reads the whole answer. Thread-safe. */
public final class SinglePost {
    private static final int CONNECT_LIMIT_MS = 3000;

    private final Vertx vertx;
    private final long limitMs;
    private final int mostBytes;
    private final MessageCodec codec = new MessageCodec();

    /**
     * @param vertx stays the caller's
     * @param limit for one call
     * @param mostBytes of an answer
     */
    public SinglePost(Vertx vertx, Duration limit, int mostBytes) {
        this.vertx = requireNonNull(vertx, "vertx is null");
        this.limitMs = limit.toMillis();
        this.mostBytes = mostBytes;
    }

    /**
     * Sends it and waits.
     *
     * @param options where to, how, and with which headers besides those of the body
     * @throws ExecutionException with the reason, when there is no whole answer
     * @throws TimeoutException when the limit is over
     */
    public Answer send(RequestOptions options, Record body)
            throws ExecutionException, TimeoutException, InterruptedException {
        Buffer sent = Buffer.buffer(codec.encodeRecord(body));
        options.setMethod(HttpMethod.POST).setTimeout(limitMs).putHeader("Content-Type", "application/json");
        HttpClientAgent client = vertx.createHttpClient(new HttpClientOptions()
                .setKeepAlive(false)
                .setConnectTimeout(CONNECT_LIMIT_MS)
                .setDecompressionSupported(false));
        try {
            return client.request(options)
                    .compose(request -> request.send(sent))
                    .compose(this::read)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(limitMs, TimeUnit.MILLISECONDS);
        } finally {
            client.close();
        }
    }

    private Future<Answer> read(HttpClientResponse response) {
        Promise<Answer> whole = Promise.promise();
        Buffer body = Buffer.buffer();
        response.exceptionHandler(whole::tryFail);
        response.endHandler(end -> whole.tryComplete(new Answer(response.statusCode(), body, codec)));
        response.handler(part -> {
            if (body.length() + part.length() > mostBytes) {
                whole.tryFail(new IOException("its answer is larger than " + mostBytes + " bytes"));
                response.request().reset();
            } else {
                body.appendBuffer(part);
            }
        });
        return whole.future();
    }

    /** What the door said. */
    public record Answer(int status, Buffer body, MessageCodec codec) {
        /**
         * Reads the body.
         *
         * @throws IOException when it is no such record
         */
        public <T extends Record> T as(Class<T> type) throws IOException {
            try {
                return codec.decodeRecord(body.toString(), type);
            } catch (IllegalArgumentException e) {
                throw new IOException("its answer is not understood: " + e.getMessage(), e);
            }
        }
    }
}
