package io.espalier.relay.node;

import static java.util.Objects.requireNonNull;

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
import io.espalier.relay.protocol.RefusedException;
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
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
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
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/** A controller reduced to what a node needs of it: it signs, keeps what nodes say, and can send. */
public final class TestAuthority implements ClusterAuthority {
    private static final String SECRET = "a-secret-of-the-test";

    public final Map<NodeId, ControlLink> links = new ConcurrentHashMap<>();
    public final Map<NodeId, X509Certificate> issued = new ConcurrentHashMap<>();
    public final List<NodeMessage> said = new CopyOnWriteArrayList<>();
    private final AtomicLong serial = new AtomicLong(1);
    private final X500Principal name = new X500Principal("CN=Test authority");
    private final KeyPair keys;
    private final X509Certificate certificate;

    public TestAuthority() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        keys = generator.generateKeyPair();
        certificate = sign(name, keys.getPublic(), List.of());
    }

    public JoinToken token() throws Exception {
        return new JoinToken(SECRET, PeerTrust.fingerprint(certificate));
    }

    @Override
    public IssuedCertificate join(JoinRequest request, String remoteAddress) throws RefusedException {
        if (!request.token().equals(SECRET)) {
            throw new RefusedException(RefusedException.Code.TOKEN_REFUSED, "The token is not known.");
        }
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
    public ControlSession connect(NodeId node, String remoteAddress, ControlLink link) {
        links.put(node, link);
        return new ControlSession() {
            @Override
            public void received(NodeMessage message) {
                said.add(message);
            }

            @Override
            public void closed() {
                links.remove(node, link);
            }
        };
    }

    public void send(NodeId node, MasterMessage message) {
        requireNonNull(links.get(node), "no link to the node").send(message);
    }

    public BigInteger serial(NodeId node) {
        return requireNonNull(issued.get(node), "no certificate of the node").getSerialNumber();
    }

    public <T extends NodeMessage> List<T> said(Class<T> type) {
        return said.stream().filter(type::isInstance).map(type::cast).toList();
    }

    private IssuedCertificate issue(NodeId node, String request, boolean master) {
        try (PEMParser pem = new PEMParser(new StringReader(request))) {
            PublicKey key =
                    new JcaPKCS10CertificationRequest((PKCS10CertificationRequest) pem.readObject()).getPublicKey();
            List<GeneralName> names = new ArrayList<>(List.of(new GeneralName(GeneralName.dNSName, node.value())));
            if (master) {
                names.add(new GeneralName(GeneralName.uniformResourceIdentifier, IssuedCertificate.MASTER_NAME));
            }
            X509Certificate own = sign(new X500Principal("CN=" + node), key, names);
            issued.put(node, own);
            return new IssuedCertificate(pem(own), pem(certificate));
        } catch (Exception e) {
            throw new IllegalStateException("The request could not be signed.", e);
        }
    }

    private static String pem(X509Certificate certificate) throws GeneralSecurityException {
        return "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded())
                + "\n-----END CERTIFICATE-----\n";
    }

    private X509Certificate sign(X500Principal subject, PublicKey key, List<GeneralName> names) throws Exception {
        Instant now = Instant.now();
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                name,
                BigInteger.valueOf(serial.getAndIncrement()),
                Date.from(now.minus(Duration.ofHours(1))),
                Date.from(now.plus(Duration.ofDays(2))),
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
