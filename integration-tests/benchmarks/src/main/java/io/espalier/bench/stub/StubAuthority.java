package io.espalier.bench.stub;

import io.espalier.relay.identity.JoinToken;
import io.espalier.relay.identity.PeerTrust;
import io.espalier.relay.protocol.ClusterAuthority;
import io.espalier.relay.protocol.ControlLink;
import io.espalier.relay.protocol.ControlSession;
import io.espalier.relay.protocol.IssuedCertificate;
import io.espalier.relay.protocol.JoinRequest;
import io.espalier.relay.protocol.MasterMessage;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.NodeMessage;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/** A master that signs whatever it is asked to sign and gives orders to one node. Thread-safe. */
final class StubAuthority implements ClusterAuthority {
    private static final String SECRET = "a-secret-of-the-benchmark";
    private static final Duration LIFE = Duration.ofDays(2);

    private final AtomicLong serial = new AtomicLong(1);
    private final X500Principal name = new X500Principal("CN=Benchmark");
    private final Consumer<NodeMessage> listener;
    private final AtomicReference<ControlLink> link = new AtomicReference<>();
    private final KeyPair keys;
    private final X509Certificate certificate;

    /** @param listener hears what the node says */
    StubAuthority(Consumer<NodeMessage> listener)
            throws GeneralSecurityException, IOException, OperatorCreationException {
        this.listener = listener;
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        keys = generator.generateKeyPair();
        certificate = sign(name, keys.getPublic(), List.of());
    }

    JoinToken token() throws GeneralSecurityException {
        return new JoinToken(SECRET, PeerTrust.fingerprint(certificate));
    }

    /** To the node, if it is connected. */
    void send(MasterMessage message) {
        ControlLink now = link.get();
        if (now != null) {
            now.send(message);
        }
    }

    @Override
    public IssuedCertificate join(JoinRequest request, String remoteAddress) {
        return issue(request.node(), request.signingRequest(), false);
    }

    @Override
    public IssuedCertificate renew(NodeId node, String signingRequest) {
        return issue(node, signingRequest, false);
    }

    @Override
    public IssuedCertificate enrolMaster(JoinRequest request) {
        return issue(request.node(), request.signingRequest(), true);
    }

    @Override
    public ControlSession connect(NodeId node, String remoteAddress, ControlLink opened) {
        link.set(opened);
        return new ControlSession() {
            @Override
            public void received(NodeMessage message) {
                listener.accept(message);
            }

            @Override
            public void closed() {
                link.compareAndSet(opened, null);
            }
        };
    }

    private IssuedCertificate issue(NodeId node, String request, boolean master) {
        try (PEMParser pem = new PEMParser(new StringReader(request))) {
            PublicKey key =
                    new JcaPKCS10CertificationRequest((PKCS10CertificationRequest) pem.readObject()).getPublicKey();
            List<GeneralName> names = new ArrayList<>(List.of(new GeneralName(GeneralName.dNSName, node.value())));
            if (master) {
                names.add(new GeneralName(GeneralName.uniformResourceIdentifier, IssuedCertificate.MASTER_NAME));
            }
            return new IssuedCertificate(pem(sign(new X500Principal("CN=" + node), key, names)), pem(certificate));
        } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
            throw new IllegalStateException("The request of " + node + " could not be signed.", e);
        }
    }

    private static String pem(X509Certificate certificate) throws GeneralSecurityException {
        return "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded())
                + "\n-----END CERTIFICATE-----\n";
    }

    private X509Certificate sign(X500Principal subject, PublicKey key, List<GeneralName> names)
            throws GeneralSecurityException, IOException, OperatorCreationException {
        Instant now = Instant.now();
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                name,
                BigInteger.valueOf(serial.getAndIncrement()),
                Date.from(now.minus(Duration.ofHours(1))),
                Date.from(now.plus(LIFE)),
                subject,
                key);
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(names.isEmpty()));
        if (!names.isEmpty()) {
            builder.addExtension(
                    Extension.subjectAlternativeName, false, new GeneralNames(names.toArray(GeneralName[]::new)));
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(new KeyPurposeId[] {
                KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
            }));
        }
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
    }
}
