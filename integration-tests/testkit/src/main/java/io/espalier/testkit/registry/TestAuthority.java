package io.espalier.testkit.registry;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/** A private certificate authority of one test. Thread-safe. */
public final class TestAuthority {
    private static final Duration LIFE = Duration.ofDays(30);
    private static final int KEY_BITS = 2048;
    private static final GeneralName[] NO_NAMES = {};

    private final KeyPair keys;
    private final X500Name name;
    private final X509Certificate certificate;
    private final AtomicLong serial = new AtomicLong(System.nanoTime());

    private TestAuthority(String commonName, KeyPair keys) {
        this.keys = keys;
        this.name = subject(requireNonNull(commonName, "commonName is null"));
        this.certificate = build(name, keys.getPublic(), true, NO_NAMES);
    }

    /** Where certificate and key of a server stand, both as PEM. */
    public record ServerFiles(Path certificate, Path key) {}

    /** A new authority with a key of its own. */
    public static TestAuthority named(String commonName) {
        return new TestAuthority(commonName, newKeys());
    }

    /** The same with an elliptic key, as clusters have them; made in no time. */
    public static TestAuthority elliptic(String commonName) {
        return new TestAuthority(commonName, ellipticKeys());
    }

    public X509Certificate certificate() {
        return certificate;
    }

    PrivateKey privateKey() {
        return keys.getPrivate();
    }

    /** Its own certificate as PEM. */
    public String certificatePem() {
        return pem(certificate);
    }

    /** A certificate as PEM. */
    public static String pem(X509Certificate certificate) {
        return pem("CERTIFICATE", encoded(certificate));
    }

    /** Writes its own certificate to a file and returns that. */
    public Path writeTo(Path file) {
        return write(file, certificatePem());
    }

    /** Writes {@code server.crt} and {@code server.key} for an address or name, besides 127.0.0.1 and localhost. */
    public ServerFiles issue(Path folder, String host) {
        KeyPair server = newKeys();
        X509Certificate issued = build(subject(host), server.getPublic(), false, names(host));
        return new ServerFiles(
                write(folder.resolve("server.crt"), pem(issued)),
                write(
                        folder.resolve("server.key"),
                        pem("PRIVATE KEY", server.getPrivate().getEncoded())));
    }

    /** What a server in this JVM needs to speak TLS as 127.0.0.1 and localhost. */
    public SSLContext serverContext() {
        try {
            KeyPair server = newKeys();
            X509Certificate issued = build(subject("localhost"), server.getPublic(), false, names("localhost"));
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("server", server.getPrivate(), new char[0], new X509Certificate[] {issued});
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, new char[0]);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(factory.getKeyManagers(), null, null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError("Tried to make a certificate for a server in this JVM.", e);
        }
    }

    /** What a client in this JVM needs to trust this authority and no other. */
    public SSLContext clientContext() {
        return trusting(certificate);
    }

    /** What a client in this JVM needs to trust one authority and no other. */
    public static SSLContext trusting(X509Certificate authority) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {trust(authority)}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new AssertionError("This JDK has no TLS.", e);
        }
    }

    /** Believes what this authority signed. */
    public X509TrustManager trust() {
        return trust(certificate);
    }

    private static X509TrustManager trust(X509Certificate authority) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setCertificateEntry("authority", authority);
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(store);
            return (X509TrustManager) factory.getTrustManagers()[0];
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError("Tried to trust an authority.", e);
        }
    }

    /** A certificate that says client and server, for a public key and with just these names. */
    public X509Certificate certify(String commonName, PublicKey key, GeneralName... names) {
        return build(subject(commonName), key, false, names);
    }

    /** The same for the key of a PKCS#10 request in PEM, which is not looked at otherwise. */
    public X509Certificate sign(String request, String commonName, GeneralName... names) {
        try (PEMParser pem = new PEMParser(new StringReader(request))) {
            PKCS10CertificationRequest read = (PKCS10CertificationRequest) pem.readObject();
            return certify(commonName, new JcaPKCS10CertificationRequest(read).getPublicKey(), names);
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException("The request of " + commonName + " cannot be read.", e);
        }
    }

    private static X500Name subject(String commonName) {
        return new X500Name("CN=" + commonName);
    }

    private X509Certificate build(X500Name subject, PublicKey key, boolean authority, GeneralName[] names) {
        Instant now = Instant.now();
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                name,
                authority ? BigInteger.ONE : BigInteger.valueOf(serial.incrementAndGet()),
                Date.from(now.minus(Duration.ofHours(1))),
                Date.from(now.plus(LIFE)),
                subject,
                key);
        try {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
            if (authority) {
                builder.addExtension(
                        Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.digitalSignature));
            } else {
                builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
                builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(new KeyPurposeId[] {
                    KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
                }));
            }
            String algorithm = keys.getPrivate().getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA";
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder(algorithm).build(keys.getPrivate())));
        } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
            throw new AssertionError("Tried to issue a certificate for " + subject + ".", e);
        }
    }

    private static GeneralName[] names(String host) {
        boolean address = host.toLowerCase(Locale.ROOT).matches("[0-9.]+|[0-9a-f:]+");
        return new GeneralName[] {
            new GeneralName(address ? GeneralName.iPAddress : GeneralName.dNSName, host),
            new GeneralName(GeneralName.iPAddress, "127.0.0.1"),
            new GeneralName(GeneralName.dNSName, "localhost")
        };
    }

    private static KeyPair newKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(KEY_BITS);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError("Tried to make an RSA key.", e);
        }
    }

    /** A new elliptic key pair. */
    public static KeyPair ellipticKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError("Tried to make an elliptic key.", e);
        }
    }

    private static byte[] encoded(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (GeneralSecurityException e) {
            throw new AssertionError("Tried to encode a certificate.", e);
        }
    }

    private static String pem(String what, byte[] bytes) {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
        return "-----BEGIN " + what + "-----\n" + text + "\n-----END " + what + "-----\n";
    }

    private static Path write(Path file, String text) {
        try {
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException("Tried to write " + file + ".", e);
        }
    }
}
