package io.espalier.relay.feed;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.NodeId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts what goes to and comes from each peer; one for a node. Thread-safe. */
public final class EdgeCounters {
    /** Without TLS a peer has whatever name it gives itself; what is beyond this is counted together. */
    static final int MOST_PEERS = 4_096;
    /** Stands for all peers beyond the bound; a cluster is far smaller. */
    static final NodeId OTHERS = new NodeId("others");

    private final Map<NodeId, Edge> edges = new ConcurrentHashMap<>();

    /** The peer's counters; made when first asked for. */
    public Edge of(NodeId peer) {
        Edge known = edges.get(requireNonNull(peer, "peer is null"));
        if (known != null) {
            return known;
        }
        return edges.computeIfAbsent(edges.size() < MOST_PEERS ? peer : OTHERS, Edge::new);
    }

    /** All peers that were ever met, by name, up to a bound. */
    public List<Count> counts() {
        return edges.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(entry -> entry.getValue().count())
                .toList();
    }

    /**
     * The counts at one time.
     *
     * @param bytesOut bytes of chunks sent to the peer
     * @param refusals wants of the peer that were refused
     * @param bytesIn bytes of chunks that came from the peer, verified or not
     */
    public record Count(
            NodeId peer,
            long bytesOut,
            long chunksOut,
            long refusals,
            long bytesIn,
            long chunksIn,
            int feedsOut,
            int feedsIn) {}

    /** Counters of one peer. */
    public static final class Edge {
        private final NodeId peer;
        private final LongAdder bytesOut = new LongAdder();
        private final LongAdder chunksOut = new LongAdder();
        private final LongAdder refusals = new LongAdder();
        private final LongAdder bytesIn = new LongAdder();
        private final LongAdder chunksIn = new LongAdder();
        private final LongAdder feedsOut = new LongAdder();
        private final LongAdder feedsIn = new LongAdder();

        private Edge(NodeId peer) {
            this.peer = peer;
        }

        public void sent(int bytes) {
            bytesOut.add(bytes);
            chunksOut.increment();
        }

        public void refused() {
            refusals.increment();
        }

        public void received(int bytes) {
            bytesIn.add(bytes);
            chunksIn.increment();
        }

        /** Counts a feed to the peer: 1 when it begins, -1 when it ends. */
        public void feedsOut(int change) {
            feedsOut.add(change);
        }

        /** Counts a feed from the peer: 1 when it begins, -1 when it ends. */
        public void feedsIn(int change) {
            feedsIn.add(change);
        }

        private Count count() {
            return new Count(
                    peer,
                    bytesOut.sum(),
                    chunksOut.sum(),
                    refusals.sum(),
                    bytesIn.sum(),
                    chunksIn.sum(),
                    feedsOut.intValue(),
                    feedsIn.intValue());
        }
    }
}
