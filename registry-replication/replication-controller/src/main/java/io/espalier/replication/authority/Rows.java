package io.espalier.replication.authority;

import io.espalier.relay.protocol.NodeMessage;
import io.espalier.relay.protocol.PeerAddress;
import io.espalier.replication.store.NodeStore.NodeRow;

/** Rows that differ in something. */
final class Rows {
    private Rows() {}

    static NodeRow serial(NodeRow row, String serial) {
        return new NodeRow(
                row.id(),
                row.host(),
                row.port(),
                row.registry(),
                row.site(),
                row.master(),
                serial,
                row.joined(),
                row.lastSeen(),
                row.remoteAddress());
    }

    /** With what the node says of itself now. */
    static NodeRow hello(NodeRow row, NodeMessage.Hello hello, String remoteAddress) {
        return new NodeRow(
                row.id(),
                hello.host(),
                hello.port(),
                hello.registry(),
                hello.site(),
                row.master(),
                row.serial(),
                row.joined(),
                row.lastSeen(),
                remoteAddress);
    }

    static PeerAddress address(NodeRow row) {
        return new PeerAddress(row.id(), row.host(), row.port());
    }
}
