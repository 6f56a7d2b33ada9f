package io.espalier.relay.control;

import io.espalier.relay.protocol.IssuedCertificate;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.RefusedException;
import io.vertx.core.Vertx;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.ClientSSLOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Requests to the master's door; used by one thread. */
final class DoorCall {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int MAX_ANSWER_BYTES = 64 << 10;

    private final SinglePost calls;
    private final MasterAddress master;
    private final NodeId node;
    private int attempts;

    DoorCall(Vertx vertx, MasterAddress master, NodeId node) {
        this.calls = new SinglePost(vertx, LIMIT, MAX_ANSWER_BYTES);
        this.master = master;
        this.node = node;
    }

    /** @param tls null without TLS */
    IssuedCertificate post(String path, @Nullable ClientSSLOptions tls, Record body)
            throws RefusedException, IOException {
        try {
            RequestOptions options = new RequestOptions()
                    .setHost(master.resolve(attempts++))
                    .setPort(master.port())
                    .setURI(path)
                    .setSsl(tls != null);
            if (tls == null) {
                options.putHeader(ControlClient.NODE_HEADER, node.value());
            } else {
                options.setSslOptions(tls);
            }
            IssuedCertificate issued = certificate(calls.send(options, body));
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
        }
    }

    private static IssuedCertificate certificate(SinglePost.Answer answer) throws RefusedException, IOException {
        if (answer.status() == 200) {
            return answer.as(IssuedCertificate.class);
        }
        Optional<RefusedException> refusal = LinkProblem.refusal(answer.body());
        if (refusal.isPresent()) {
            throw refusal.get();
        }
        throw new IOException("it answered with status " + answer.status() + ", so it may be no Espalier master");
    }
}
