package io.espalier.relay.identity;

import io.espalier.relay.protocol.IssuedCertificate;
import java.io.StringReader;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/** An authority that signs whatever a test wants. */
final class IssuingAuthority {
    private final KeyPair keys;
    private final X500Name name;
    private final X509Certificate certificate;
    private long serial = 100;

    IssuingAuthority(String name) throws Exception {
        this.keys = KeyPairGenerator.getInstance("EC").generateKeyPair();
        this.name = new X500Name("CN=" + name);
        this.certificate = sign(new JcaX509v3CertificateBuilder(
                        this.name,
                        BigInteger.ONE,
                        Date.from(Instant.parse("2020-01-01T00:00:00Z")),
                        Date.from(Instant.parse("2040-01-01T00:00:00Z")),
                        this.name,
                        keys.getPublic())
                .addExtension(Extension.basicConstraints, true, new BasicConstraints(0)));
    }

    private X509Certificate sign(org.bouncycastle.cert.X509v3CertificateBuilder builder) throws Exception {
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
    }

    X509Certificate certificate() {
        return certificate;
    }

    /** For the key of a request, whatever name it has; for servers and clients, or for servers alone. */
    IssuedCertificate issue(String request, String node, Instant from, Instant to, boolean clients) throws Exception {
        PublicKey key;
        try (PEMParser parser = new PEMParser(new StringReader(request))) {
            key = new JcaPKCS10CertificationRequest((PKCS10CertificationRequest) parser.readObject()).getPublicKey();
        }
        KeyPurposeId[] purposes = clients
                ? new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth}
                : new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth};
        X509Certificate signed = sign(new JcaX509v3CertificateBuilder(
                        name,
                        BigInteger.valueOf(serial++),
                        Date.from(from),
                        Date.from(to),
                        new X500Name("CN=" + node),
                        key)
                .addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes))
                .addExtension(
                        Extension.subjectAlternativeName,
                        false,
                        new GeneralNames(new GeneralName(GeneralName.dNSName, node))));
        return new IssuedCertificate(Pem.write(signed), Pem.write(certificate));
    }
}
