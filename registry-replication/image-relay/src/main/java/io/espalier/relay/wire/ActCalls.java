package io.espalier.relay.wire;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

import io.espalier.relay.act.PermissionCarrier;
import io.espalier.relay.control.ClientTls;
import io.espalier.relay.control.SinglePost;
import io.espalier.relay.identity.PeerTrust;
import io.espalier.relay.identity.TlsIdentity;
import io.espalier.relay.protocol.ActAnswer;
import io.espalier.relay.protocol.ActRequest;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.PeerAddress;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.DecodeException;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** Shows permissions at the doors of other nodes, each on a connection of its own that only the target can answer. Thread-safe. */
public final class ActCalls implements PermissionCarrier {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int MAX_ANSWER_BYTES = 1 << 20;

    private final SinglePost calls;
    private final NodeId self;
    private final MemberProof proof;

    /** @param vertx stays the caller's */
    public ActCalls(Vertx vertx, NodeId self, MemberProof proof) {
        this.calls = new SinglePost(vertx, LIMIT, MAX_ANSWER_BYTES);
        this.self = requireNonNull(self, "self is null");
        this.proof = requireNonNull(proof, "proof is null");
    }

    @Override
    public ActAnswer carry(PeerAddress target, ActRequest request) throws IOException {
        try {
            return read(calls.send(options(target), request));
        } catch (ExecutionException e) {
            throw failed(target, requireNonNullElse(e.getCause(), e));
        } catch (TimeoutException | IOException e) {
            throw failed(target, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed(target, e);
        }
    }

    private RequestOptions options(PeerAddress target) throws IOException {
        RequestOptions options = new RequestOptions()
                .setHost(InetAddress.getByName(target.host()).getHostAddress())
                .setPort(target.port())
                .setURI(ActDoor.PATH)
                .putHeader(MemberProof.NODE_HEADER, self.value());
        TlsIdentity identity = proof.identity();
        return identity == null
                ? options.setSsl(false)
                : options.setSsl(true)
                        .setSslOptions(ClientTls.options(identity.keys(), PeerTrust.node(identity, target.node())));
    }

    private static ActAnswer read(SinglePost.Answer answer) throws IOException {
        if (answer.status() == 200) {
            return answer.as(ActAnswer.class);
        }
        throw new IOException(
                answer.status() == 404
                        ? "it answered 404, so it is of a release that takes no permissions; update it."
                        : "it refused (" + answer.status() + "): " + message(answer.body()));
    }

    private static String message(Buffer body) {
        try {
            return body.toJsonObject().getString("message", "no reason given.");
        } catch (DecodeException | ClassCastException foreign) {
            return "no reason given.";
        }
    }

    private static IOException failed(PeerAddress target, Throwable cause) {
        String why = cause instanceof TimeoutException
                ? "it did not answer in time"
                : requireNonNullElse(cause.getMessage(), cause.getClass().getSimpleName());
        return new IOException("Tried to show the permission to " + target + " but " + why, cause);
    }
}
