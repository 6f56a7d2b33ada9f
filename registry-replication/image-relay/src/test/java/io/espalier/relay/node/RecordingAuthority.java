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
import io.espalier.testkit.registry.TestAuthority;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.bouncycastle.asn1.x509.GeneralName;

/** A controller reduced to what a node needs of it: it signs, keeps what nodes say, and can send. */
public final class RecordingAuthority implements ClusterAuthority {
    private static final String SECRET = "a-secret-of-the-test";
    private static final GeneralName MASTER =
            new GeneralName(GeneralName.uniformResourceIdentifier, IssuedCertificate.MASTER_NAME);

    public final Map<NodeId, ControlLink> links = new ConcurrentHashMap<>();
    public final Map<NodeId, X509Certificate> issued = new ConcurrentHashMap<>();
    public final List<NodeMessage> said = new CopyOnWriteArrayList<>();
    private final TestAuthority authority = TestAuthority.elliptic("Test authority");

    public JoinToken token() throws Exception {
        return new JoinToken(SECRET, PeerTrust.fingerprint(authority.certificate()));
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
        GeneralName name = new GeneralName(GeneralName.dNSName, node.value());
        X509Certificate own = authority.sign(
                request, node.value(), master ? new GeneralName[] {name, MASTER} : new GeneralName[] {name});
        issued.put(node, own);
        return new IssuedCertificate(TestAuthority.pem(own), authority.certificatePem());
    }
}
