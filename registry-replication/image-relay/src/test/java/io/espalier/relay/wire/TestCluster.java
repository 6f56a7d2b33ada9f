package io.espalier.relay.wire;

import io.espalier.relay.identity.TlsIdentity;
import io.espalier.relay.protocol.NodeId;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509TrustManager;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate authority made for one test, which can revoke. */
public final class TestCluster {
    private static final char[] PASSWORD = "secret".toCharArray();
    private static final AtomicLong SERIAL = new AtomicLong(1);

    private final X500Principal name = new X500Principal("CN=Test cluster");
    private final KeyPair keys = keyPair();
    private final X509TrustManager trust;
    private final Set<BigInteger> revoked = ConcurrentHashMap.newKeySet();

    public TestCluster() throws Exception {
        KeyStore store = emptyStore();
        store.setCertificateEntry("authority", sign(name, keys, true));
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(store);
        trust = (X509TrustManager) factory.getTrustManagers()[0];
    }

    /** A member's key and certificate. */
    public Identity issue(String node) throws Exception {
        KeyPair own = keyPair();
        X509Certificate certificate = sign(new X500Principal("CN=" + node), own, false);
        KeyStore store = emptyStore();
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

    private X509Certificate sign(X500Principal subject, KeyPair of, boolean authority) throws Exception {
        Instant now = Instant.now();
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                name,
                BigInteger.valueOf(SERIAL.getAndIncrement()),
                Date.from(now.minus(Duration.ofHours(1))),
                Date.from(now.plus(Duration.ofHours(1))),
                subject,
                of.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
        if (!authority) {
            String node = subject.getName().substring("CN=".length());
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(new GeneralName(GeneralName.dNSName, node)));
        }
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
    }

    private static KeyPair keyPair() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    private static KeyStore emptyStore() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }
}
