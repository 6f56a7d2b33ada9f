package io.espalier.relay.wire;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

import io.espalier.relay.act.PermissionCarrier;
import io.espalier.relay.control.ClientTls;
import io.espalier.relay.identity.PeerTrust;
import io.espalier.relay.identity.TlsIdentity;
import io.espalier.relay.protocol.ActAnswer;
import io.espalier.relay.protocol.ActRequest;
import io.espalier.relay.protocol.MessageCodec;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.PeerAddress;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.DecodeException;
import java.io.IOException;
import java.net.InetAddress;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Shows permissions at the doors of other nodes, each on a connection of its own that only the target can answer. Thread-safe. */
public final class ActCalls implements PermissionCarrier {
    private static final int CONNECT_LIMIT_MS = 3000;
    private static final long ANSWER_LIMIT_MS = 30_000;
    private static final int MAX_ANSWER_BYTES = 1 << 20;

    private final Vertx vertx;
    private final NodeId self;
    private final MemberProof proof;
    private final MessageCodec codec = new MessageCodec();

    /** @param vertx stays the caller's */
    public ActCalls(Vertx vertx, NodeId self, MemberProof proof) {
        this.vertx = requireNonNull(vertx, "vertx is null");
        this.self = requireNonNull(self, "self is null");
        this.proof = requireNonNull(proof, "proof is null");
    }

    @Override
    public ActAnswer carry(PeerAddress target, ActRequest request) throws IOException {
        HttpClientAgent client = vertx.createHttpClient(new HttpClientOptions()
                .setKeepAlive(false)
                .setConnectTimeout(CONNECT_LIMIT_MS)
                .setDecompressionSupported(false));
        try {
            Buffer body = Buffer.buffer(codec.encodeRecord(request));
            return client.request(options(target))
                    .compose(sending -> sending.send(body))
                    .compose(ActCalls::read)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(ANSWER_LIMIT_MS, TimeUnit.MILLISECONDS)
                    .read(codec);
        } catch (ExecutionException e) {
            throw failed(target, requireNonNullElse(e.getCause(), e));
        } catch (TimeoutException | IOException e) {
            throw failed(target, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed(target, e);
        } finally {
            client.close();
        }
    }

    private RequestOptions options(PeerAddress target) throws IOException {
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setHost(InetAddress.getByName(target.host()).getHostAddress())
                .setPort(target.port())
                .setURI(ActDoor.PATH)
                .setTimeout(ANSWER_LIMIT_MS)
                .putHeader("Content-Type", "application/json")
                .putHeader(MemberProof.NODE_HEADER, self.value());
        TlsIdentity identity = proof.identity();
        return identity == null
                ? options.setSsl(false)
                : options.setSsl(true)
                        .setSslOptions(ClientTls.options(identity.keys(), PeerTrust.node(identity, target.node())));
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

    private static IOException failed(PeerAddress target, Throwable cause) {
        String why = cause instanceof TimeoutException
                ? "it did not answer in time"
                : requireNonNullElse(cause.getMessage(), cause.getClass().getSimpleName());
        return new IOException("Tried to show the permission to " + target + " but " + why, cause);
    }

    private record Answer(int status, Buffer body) {
        ActAnswer read(MessageCodec codec) throws IOException {
            if (status == 200) {
                try {
                    return codec.decodeRecord(body.toString(), ActAnswer.class);
                } catch (IllegalArgumentException e) {
                    throw new IOException("its answer is not understood: " + e.getMessage(), e);
                }
            }
            throw new IOException(
                    status == 404
                            ? "it answered 404, so it is of a release that takes no permissions; update it."
                            : "it refused (" + status + "): " + message());
        }

        private String message() {
            try {
                return body.toJsonObject().getString("message", "no reason given.");
            } catch (DecodeException | ClassCastException foreign) {
                return "no reason given.";
            }
        }
    }
}
