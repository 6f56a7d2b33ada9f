package io.espalier.relay.control;

import io.espalier.relay.protocol.IssuedCertificate;
import io.espalier.relay.protocol.MessageCodec;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.RefusedException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.ClientSSLOptions;
import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One request to the master's door, on a connection of its own; used by one thread. */
final class DoorCall {
    private static final int CONNECT_LIMIT_MS = 3000;
    private static final long ANSWER_LIMIT_MS = 20_000;
    private static final int MAX_ANSWER_BYTES = 64 << 10;

    private final Vertx vertx;
    private final MasterAddress master;
    private final NodeId node;
    private final MessageCodec codec = new MessageCodec();
    private int attempts;

    DoorCall(Vertx vertx, MasterAddress master, NodeId node) {
        this.vertx = vertx;
        this.master = master;
        this.node = node;
    }

    /** @param tls null without TLS */
    IssuedCertificate post(String path, @Nullable ClientSSLOptions tls, Record body)
            throws RefusedException, IOException {
        HttpClientAgent client = vertx.createHttpClient(new HttpClientOptions()
                .setKeepAlive(false)
                .setConnectTimeout(CONNECT_LIMIT_MS)
                .setDecompressionSupported(false));
        try {
            RequestOptions options = new RequestOptions()
                    .setMethod(HttpMethod.POST)
                    .setHost(master.resolve(attempts++))
                    .setPort(master.port())
                    .setURI(path)
                    .setSsl(tls != null)
                    .setTimeout(ANSWER_LIMIT_MS)
                    .putHeader("Content-Type", "application/json");
            if (tls == null) {
                options.putHeader(ControlClient.NODE_HEADER, node.value());
            } else {
                options.setSslOptions(tls);
            }
            IssuedCertificate issued = client.request(options)
                    .compose(request -> exchange(request, Buffer.buffer(codec.encodeRecord(body))))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(ANSWER_LIMIT_MS, TimeUnit.MILLISECONDS)
                    .certificate(codec);
            attempts--;
            return issued;
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            throw new IOException(LinkProblem.sentence("ask", master, cause), cause);
        } catch (TimeoutException | IOException e) {
            throw new IOException(LinkProblem.sentence("ask", master, e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Asking the master " + master + " was interrupted.", e);
        } finally {
            client.close();
        }
    }

    private static Future<Answer> exchange(HttpClientRequest request, Buffer body) {
        return request.send(body).compose(DoorCall::read);
    }

    private static Future<Answer> read(HttpClientResponse response) {
        Promise<Answer> whole = Promise.promise();
        Buffer body = Buffer.buffer();
        response.exceptionHandler(whole::tryFail);
        response.endHandler(end -> whole.tryComplete(new Answer(response.statusCode(), body)));
        response.handler(part -> {
            if (body.length() + part.length() > MAX_ANSWER_BYTES) {
                whole.tryFail(new IOException("its answer is larger than " + MAX_ANSWER_BYTES + " bytes"));
                response.request().reset();
            } else {
                body.appendBuffer(part);
            }
        });
        return whole.future();
    }

    private record Answer(int status, Buffer body) {
        IssuedCertificate certificate(MessageCodec codec) throws RefusedException, IOException {
            if (status == 200) {
                try {
                    return codec.decodeRecord(body.toString(), IssuedCertificate.class);
                } catch (IllegalArgumentException e) {
                    throw new IOException("its answer is not understood: " + e.getMessage(), e);
                }
            }
            Optional<RefusedException> refusal = LinkProblem.refusal(body);
            if (refusal.isPresent()) {
                throw refusal.get();
            }
            throw new IOException("it answered with status " + status + ", so it may be no Espalier master");
        }
    }
}
