package io.espalier.relay.node;

import io.espalier.relay.act.Requests;
import io.espalier.relay.control.ControlListener;
import io.espalier.relay.control.Enrolment;
import io.espalier.relay.identity.NodeIdentity;
import io.espalier.relay.protocol.MasterMessage;
import io.espalier.relay.protocol.MasterMessage.Measure;
import io.espalier.relay.protocol.MasterMessage.Members;
import io.espalier.relay.protocol.PeerAddress;
import io.espalier.relay.protocol.RefusedException;
import io.espalier.relay.transfer.TransferEngine;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives each message of the master to the part that it is for. */
final class MasterOrders implements ControlListener {
    private static final Logger LOG = LoggerFactory.getLogger(MasterOrders.class);

    private final NodeIdentity identity;
    private final RelayDoor door;
    private final TransferEngine engine;
    private final MeasureThread measures;
    private final Enrolment enrolment;
    private final MasterState state;
    private final Requests requests;
    private final NodeCondition condition;
    private volatile List<PeerAddress> members = List.of();

    MasterOrders(
            NodeIdentity identity,
            RelayDoor door,
            TransferEngine engine,
            MeasureThread measures,
            Enrolment enrolment,
            MasterState state,
            Requests requests,
            NodeCondition condition) {
        this.identity = identity;
        this.door = door;
        this.engine = engine;
        this.measures = measures;
        this.enrolment = enrolment;
        this.state = state;
        this.requests = requests;
        this.condition = condition;
    }

    List<PeerAddress> members() {
        return members;
    }

    @Override
    public void received(MasterMessage message) {
        if (message instanceof Members now) {
            members = now.members();
            identity.revoke(now.revoked());
            door.recheck();
        } else if (message instanceof Measure order) {
            measures.measure(order);
        } else if (!requests.accept(message) && !engine.accept(message)) {
            LOG.warn(
                    "The master sent a message of kind {}, which this node does not know; update it.",
                    message.getClass().getSimpleName());
        }
    }

    @Override
    public void connected() {
        state.connected();
        condition.sayAgain();
    }

    @Override
    public void away(String reason) {
        requests.away(reason);
        state.away(reason);
    }

    @Override
    public void refused(RefusedException refusal) {
        state.away(refusal.sentence());
        if (refusal.code() == RefusedException.Code.UNKNOWN_NODE) {
            enrolment.again();
        }
    }

    @Override
    public void turnedAway() {
        state.turnedAway();
        enrolment.again();
    }
}
