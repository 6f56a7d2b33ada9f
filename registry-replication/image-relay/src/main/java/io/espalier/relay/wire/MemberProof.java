package io.espalier.relay.wire;

import static java.util.Objects.requireNonNull;

import io.espalier.http.HttpFault;
import io.espalier.http.PeerCertificate;
import io.espalier.relay.control.ControlClient;
import io.espalier.relay.identity.PeerNames;
import io.espalier.relay.identity.TlsIdentity;
import io.espalier.relay.protocol.NodeId;
import io.vertx.ext.web.RoutingContext;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which member is at the other end of a connection, and whether it still is one. Thread-safe. */
public final class MemberProof {
    /** Names the node where the operator has switched TLS off. */
    public static final String NODE_HEADER = ControlClient.NODE_HEADER;

    private final @Nullable TlsIdentity identity;

    private MemberProof(@Nullable TlsIdentity identity) {
        this.identity = identity;
    }

    /** Members prove themselves by their certificates. */
    public static MemberProof byCertificate(TlsIdentity identity) {
        return new MemberProof(requireNonNull(identity, "identity is null"));
    }

    /** Whoever connects is believed, as with {@code insecure-plain-http}. */
    public static MemberProof believingEveryone() {
        return new MemberProof(null);
    }

    @Nullable
    TlsIdentity identity() {
        return identity;
    }

    /** A member and how it proved itself; without a certificate where there is no TLS. */
    record Member(NodeId node, Optional<X509Certificate> certificate) {}

    /**
     * The member that sent a request.
     *
     * @throws HttpFault of status 401 or 403 when it is none
     */
    Member require(RoutingContext context) {
        if (identity == null) {
            String name = context.request().getHeader(NODE_HEADER);
            return new Member(named(name == null ? "" : name), Optional.empty());
        }
        X509Certificate certificate = PeerCertificate.of(context)
                .orElseThrow(
                        () -> new HttpFault(
                                401,
                                "CERTIFICATE_REQUIRED",
                                "Only members of the cluster are served here and you showed no certificate; join the cluster first."));
        problem(certificate).ifPresent(problem -> {
            throw new HttpFault(403, "CERTIFICATE_REFUSED", problem);
        });
        return new Member(
                PeerNames.node(certificate)
                        .orElseThrow(() -> new HttpFault(
                                403, "CERTIFICATE_REFUSED", "Your certificate names no node; join the cluster again.")),
                Optional.of(certificate));
    }

    private static NodeId named(String name) {
        try {
            return new NodeId(name);
        } catch (IllegalArgumentException e) {
            throw new HttpFault(401, "NODE_REQUIRED", "Name your node in the header " + NODE_HEADER + ".");
        }
    }

    /** Why the certificate is not accepted (any longer); empty when it is. */
    Optional<String> problem(X509Certificate certificate) {
        if (identity == null) {
            return Optional.empty();
        }
        try {
            identity.trust()
                    .checkClientTrusted(
                            new X509Certificate[] {certificate},
                            certificate.getPublicKey().getAlgorithm());
            return Optional.empty();
        } catch (CertificateException | RuntimeException e) {
            return Optional.of("The certificate "
                    + certificate.getSerialNumber().toString(16) + " of "
                    + PeerNames.node(certificate).map(NodeId::value).orElse("no node") + " is not accepted: "
                    + e.getMessage());
        }
    }
}
