package io.espalier.replication.authority;

import io.espalier.relay.protocol.ControlLink;
import io.espalier.relay.protocol.MasterMessage;
import java.util.ArrayList;
import java.util.List;

/** A control link that writes down what is sent. */
final class FakeLink implements ControlLink {
    private final List<MasterMessage> sent = new ArrayList<>();
    private final List<String> closed = new ArrayList<>();

    List<MasterMessage> sent() {
        return sent;
    }

    List<String> closed() {
        return closed;
    }

    @Override
    public void send(MasterMessage message) {
        sent.add(message);
    }

    @Override
    public void close(String reason) {
        closed.add(reason);
    }
}
