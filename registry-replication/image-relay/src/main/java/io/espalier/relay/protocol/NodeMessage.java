package io.espalier.relay.protocol;

import static java.util.Objects.requireNonNullElse;

import java.util.List;

/** From a node to the master, over the control link. */
public sealed interface NodeMessage {
    /**
     * First after every connect.
     *
     * @param host the node's own domain name, under which others reach it
     * @param registry URL of its registry, without credentials
     * @param site the operator's label for where the node stands; empty when not given
     * @param capacity what it may be burdened with; nodes of older releases do not say it
     * @param transfers all that the node has not forgotten yet
     */
    record Hello(
            NodeId node,
            String version,
            String host,
            int port,
            String registry,
            String site,
            NodeCapacity capacity,
            List<TransferReport> transfers)
            implements NodeMessage {
        public Hello {
            site = requireNonNullElse(site, "");
            capacity = requireNonNullElse(capacity, NodeCapacity.NONE);
            transfers = List.copyOf(transfers);
        }

        /** Without a site and limits. */
        public Hello(
                NodeId node, String version, String host, int port, String registry, List<TransferReport> transfers) {
            this(node, version, host, port, registry, "", NodeCapacity.NONE, transfers);
        }
    }

    /** What changed, at most once a second, and at once when a state changes. */
    record Report(List<TransferReport> transfers) implements NodeMessage {
        public Report {
            transfers = List.copyOf(transfers);
        }
    }

    /** Answer to {@link MasterMessage.Measure}. */
    record Measured(String measurement, MeasureMode mode, List<PeerSample> samples) implements NodeMessage {
        public Measured {
            samples = List.copyOf(samples);
        }
    }

    /** A rate seen while a link was busy with a real transfer. */
    record Observed(NodeId parent, long bytes, long bytesPerSecond) implements NodeMessage {}

    /** Answer to {@link MasterMessage.Check}. */
    record Checked(String request, ImageCheck image) implements NodeMessage {}
}
