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
import io.espalier.testkit.registry.TestAuthority;
import java.security.GeneralSecurityException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.bouncycastle.asn1.x509.GeneralName;

/** A master that signs whatever it is asked to sign and gives orders to one node. Thread-safe. */
final class StubAuthority implements ClusterAuthority {
    private static final String SECRET = "a-secret-of-the-benchmark";
    private static final GeneralName MASTER =
            new GeneralName(GeneralName.uniformResourceIdentifier, IssuedCertificate.MASTER_NAME);

    private final Consumer<NodeMessage> listener;
    private final AtomicReference<ControlLink> link = new AtomicReference<>();
    private final TestAuthority authority = TestAuthority.elliptic("Benchmark");

    /** @param listener hears what the node says */
    StubAuthority(Consumer<NodeMessage> listener) {
        this.listener = listener;
    }

    JoinToken token() throws GeneralSecurityException {
        return new JoinToken(SECRET, PeerTrust.fingerprint(authority.certificate()));
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
        GeneralName own = new GeneralName(GeneralName.dNSName, node.value());
        return new IssuedCertificate(
                TestAuthority.pem(authority.sign(
                        request, node.value(), master ? new GeneralName[] {own, MASTER} : new GeneralName[] {own})),
                authority.certificatePem());
    }
}
