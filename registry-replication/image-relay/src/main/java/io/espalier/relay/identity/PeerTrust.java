package io.espalier.relay.identity;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.NodeId;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Predicate;
import javax.net.ssl.X509TrustManager;

/**
 * Trust managers for clients that want one certain peer, by its name in the cluster and not by its domain name. Clients use them
 * with hostname verification switched off. Thread-safe; they do no I/O.
 */
public final class PeerTrust extends ExtendedTrust {
    private final X509TrustManager cluster;
    private final Predicate<X509Certificate> wanted;
    private final String name;

    private PeerTrust(X509TrustManager cluster, Predicate<X509Certificate> wanted, String name) {
        this.cluster = cluster;
        this.wanted = wanted;
        this.name = name;
    }

    /** Only the node of that name. */
    public static X509TrustManager node(TlsIdentity identity, NodeId peer) {
        requireNonNull(peer, "peer is null");
        return new PeerTrust(
                identity.trust(),
                certificate -> PeerNames.node(certificate).filter(peer::equals).isPresent(),
                peer.value());
    }

    /** Only the master, of whatever node name. */
    public static X509TrustManager master(TlsIdentity identity) {
        return new PeerTrust(identity.trust(), PeerNames::isMaster, "the master");
    }

    /** Only a master whose authority has the fingerprint of the token; for a node that has no certificate yet. */
    public static X509TrustManager pinned(JoinToken token, Clock clock) {
        ClusterTrust authority = new ClusterTrust(
                chain -> Arrays.stream(chain)
                        .filter(certificate -> fingerprint(certificate).equals(token.authority()))
                        .findFirst()
                        .orElse(null),
                serial -> false,
                clock);
        return new PeerTrust(authority, PeerNames::isMaster, "the master");
    }

    /** SHA-256 in lower-case hexadecimal. */
    public static String fingerprint(X509Certificate certificate) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("A certificate has no SHA-256.", e);
        }
    }

    private void checkName(X509Certificate[] chain) throws CertificateException {
        if (!wanted.test(chain[0])) {
            throw new CertificateException("The peer is " + chain[0].getSubjectX500Principal() + " but " + name
                    + " was wanted; check that names and addresses lead to the right nodes.");
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        cluster.checkClientTrusted(chain, authType);
        checkName(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        cluster.checkServerTrusted(chain, authType);
        checkName(chain);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return cluster.getAcceptedIssuers();
    }
}
