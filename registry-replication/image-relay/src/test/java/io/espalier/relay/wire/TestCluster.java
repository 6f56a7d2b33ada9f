package io.espalier.relay.wire;

import io.espalier.relay.identity.TlsIdentity;
import io.espalier.relay.protocol.NodeId;
import io.espalier.testkit.registry.TestAuthority;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509TrustManager;
import org.bouncycastle.asn1.x509.GeneralName;

/** A certificate authority made for one test, which can revoke. */
public final class TestCluster {
    private static final char[] PASSWORD = "secret".toCharArray();

    private final TestAuthority authority = TestAuthority.elliptic("Test cluster");
    private final X509TrustManager trust = authority.trust();
    private final Set<BigInteger> revoked = ConcurrentHashMap.newKeySet();

    /** A member's key and certificate. */
    public Identity issue(String node) throws Exception {
        KeyPair own = TestAuthority.ellipticKeys();
        X509Certificate certificate =
                authority.certify(node, own.getPublic(), new GeneralName(GeneralName.dNSName, node));
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("own", own.getPrivate(), PASSWORD, new X509Certificate[] {certificate});
        KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
        factory.init(store, PASSWORD);
        return new Identity(
                new NodeId(node),
                (X509ExtendedKeyManager) factory.getKeyManagers()[0],
                new Revoking(trust, revoked),
                certificate);
    }

    public void revoke(Identity member) {
        revoked.add(member.certificate().getSerialNumber());
    }

    /** A member with its certificate. */
    public record Identity(
            NodeId node, X509ExtendedKeyManager keys, X509TrustManager trust, X509Certificate certificate)
            implements TlsIdentity {}

    private record Revoking(X509TrustManager authority, Set<BigInteger> revoked) implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            authority.checkClientTrusted(chain, type);
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
            authority.checkServerTrusted(chain, type);
            check(chain);
        }

        private void check(X509Certificate[] chain) throws CertificateException {
            if (revoked.contains(chain[0].getSerialNumber())) {
                throw new CertificateException("it is revoked");
            }
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return authority.getAcceptedIssuers();
        }
    }
}
