package io.espalier.replication.node;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.ActAnswer;
import io.espalier.relay.protocol.ClusterAuthority;
import io.espalier.relay.protocol.ControlAction;
import io.espalier.relay.protocol.ControlLink;
import io.espalier.relay.protocol.ControlSession;
import io.espalier.relay.protocol.IssuedCertificate;
import io.espalier.relay.protocol.JoinRequest;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.RefusedException;
import io.espalier.replication.authority.CertificateAuthority;
import io.espalier.replication.control.AuditTrail;
import io.espalier.replication.control.ControlDesk;
import io.espalier.replication.control.ControlPolicy;
import io.espalier.replication.control.ControlSettings;
import io.espalier.replication.control.MasterWork;
import io.espalier.replication.control.PauseBoard;
import io.espalier.replication.image.ImageName;
import io.espalier.replication.member.Members;
import io.espalier.replication.rest.Blocking;
import io.espalier.replication.rest.ControlRoutes;
import io.espalier.replication.shell.ControlConsole;
import io.espalier.replication.store.ControlStore;
import io.vertx.ext.web.Router;
import java.time.Clock;

/** Control at the door, in the shell, and towards the nodes. Thread-safe. */
final class ControlParts {
    private final ControlPolicy policy;
    private final AuditTrail audit;
    private final PauseBoard pauses = new PauseBoard();
    private final MasterWork work;

    /** Hears of members from now on. */
    ControlParts(
            ControlSettings settings,
            Members members,
            ControlStore store,
            AuditTrail audit,
            CertificateAuthority authority,
            MasterWork work,
            Clock clock) {
        this.work = requireNonNull(work, "work is null");
        this.policy = ControlPolicy.open(store, clock);
        this.audit = requireNonNull(audit, "audit is null");
        members.listen(pauses);
        members.listen(new ControlDesk(members, policy, audit, settings, work, authority::sign, clock));
    }

    void addTo(Router router, Blocking blocking) {
        new ControlRoutes(policy, audit, blocking).addTo(router);
    }

    ControlConsole console() {
        return new ControlConsole(policy, audit);
    }

    PauseBoard pauses() {
        return pauses;
    }

    /** The membership as the relay's door asks it, which besides does at the master what is permitted. */
    ClusterAuthority authority(ClusterAuthority members) {
        return new Acting(members, work);
    }

    private record Acting(ClusterAuthority members, MasterWork work) implements ClusterAuthority {
        @Override
        public IssuedCertificate join(JoinRequest request, String remoteAddress) throws RefusedException {
            return members.join(request, remoteAddress);
        }

        @Override
        public IssuedCertificate renew(NodeId node, String signingRequest) throws RefusedException {
            return members.renew(node, signingRequest);
        }

        @Override
        public IssuedCertificate enrolMaster(JoinRequest request) throws RefusedException {
            return members.enrolMaster(request);
        }

        @Override
        public ControlSession connect(NodeId node, String remoteAddress, ControlLink link) throws RefusedException {
            return members.connect(node, remoteAddress, link);
        }

        @Override
        public ActAnswer act(ControlAction action, String subject) throws RefusedException {
            return switch (action) {
                case MEASURE -> work.measure();
                case PLAN -> work.plan();
                case PUSH -> work.push(ImageName.parse(subject));
                case IMAGES, RESYNC, PAUSE, RESUME ->
                    throw new RefusedException(
                            RefusedException.Code.INVALID, "'" + action.word() + "' is done by a relay.");
            };
        }
    }
}
