package io.espalier.http;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
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
import org.jspecify.annotations.Nullable;

/** A certificate authority made for one test. */
final class Authority {
    private static final char[] PASSWORD = "secret".toCharArray();
    private static final AtomicLong SERIAL = new AtomicLong(1);

    private final X500Principal name;
    private final KeyPair keys;
    private final X509Certificate certificate;

    Authority(String name) throws Exception {
        this.name = new X500Principal("CN=" + name);
        this.keys = keyPair();
        this.certificate = sign(this.name, keys, true);
    }

    /** A key with a certificate for localhost and 127.0.0.1. */
    record Identity(PrivateKey key, X509Certificate certificate) {
        X509ExtendedKeyManager keyManager() throws Exception {
            KeyStore store = emptyStore();
            store.setKeyEntry(
                    "serial-" + certificate.getSerialNumber(), key, PASSWORD, new X509Certificate[] {certificate});
            KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
            factory.init(store, PASSWORD);
            return (X509ExtendedKeyManager) factory.getKeyManagers()[0];
        }
    }

    Identity issue(String subject) throws Exception {
        KeyPair own = keyPair();
        return new Identity(own.getPrivate(), sign(new X500Principal("CN=" + subject), own, false));
    }

    X509TrustManager trustManager() throws Exception {
        KeyStore store = emptyStore();
        store.setCertificateEntry("authority", certificate);
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(store);
        return (X509TrustManager) factory.getTrustManagers()[0];
    }

    /** For a client that trusts this authority; without an identity it shows no certificate. */
    SSLContext client(@Nullable Identity identity) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(
                identity == null ? null : new X509ExtendedKeyManager[] {new ChangingKeys(identity.keyManager())},
                new X509TrustManager[] {trustManager()},
                null);
        return context;
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
            builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(new GeneralName[] {
                new GeneralName(GeneralName.dNSName, "localhost"), new GeneralName(GeneralName.iPAddress, "127.0.0.1")
            }));
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
