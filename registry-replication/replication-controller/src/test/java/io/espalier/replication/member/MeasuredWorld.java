package io.espalier.replication.member;

import io.espalier.relay.protocol.MasterMessage;
import io.espalier.relay.protocol.MeasureMode;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.NodeMessage;
import io.espalier.relay.protocol.PeerSample;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.ToDoubleBiFunction;
import org.jspecify.annotations.Nullable;

/** What nodes measure: round-trip times by a function, rates as the lesser of uplink and downlink. */
public final class MeasuredWorld implements BiFunction<NodeId, MasterMessage, @Nullable NodeMessage> {
    private final Map<String, Long> uplinks = new ConcurrentHashMap<>();
    private final Map<String, Long> downlinks = new ConcurrentHashMap<>();
    private volatile ToDoubleBiFunction<String, String> millis;

    public MeasuredWorld(ToDoubleBiFunction<String, String> millis) {
        this.millis = millis;
    }

    public void millis(ToDoubleBiFunction<String, String> changed) {
        millis = changed;
    }

    public MeasuredWorld bandwidth(String node, long uplink, long downlink) {
        uplinks.put(node, uplink);
        downlinks.put(node, downlink);
        return this;
    }

    /** The worked example of the greedy rule: who sees whom at how many milliseconds. */
    public static MeasuredWorld workedExample() {
        Map<String, String> near = Map.of("a", "bcd", "b", "ef", "c", "ghi", "d", "jk");
        return new MeasuredWorld((from, to) -> {
            if (near.getOrDefault(from, "").contains(to)) {
                return 10;
            }
            double span = from.equals("a") ? 30 : from.equals("b") ? 10 : from.equals("c") ? 20 : 0;
            double base = from.equals("d") ? 50 : 20;
            return base + span * (to.charAt(0) - 'b') / 10.0;
        });
    }

    @Override
    public @Nullable NodeMessage apply(NodeId node, MasterMessage message) {
        if (!(message instanceof MasterMessage.Measure order)) {
            return null;
        }
        List<PeerSample> samples = order.peers().stream()
                .map(peer -> sample(node.value(), peer.node(), order))
                .toList();
        return new NodeMessage.Measured(order.measurement(), order.mode(), samples);
    }

    private PeerSample sample(String node, NodeId peer, MasterMessage.Measure order) {
        if (order.mode() != MeasureMode.COPY) {
            return new PeerSample(peer, millis.applyAsDouble(node, peer.value()), 0.5, 0, "");
        }
        long rate =
                Math.min(uplinks.getOrDefault(peer.value(), 10_000_000L), downlinks.getOrDefault(node, 10_000_000L));
        return new PeerSample(peer, order.copyBytes() * 1000.0 / rate, 0, rate, "");
    }
}
