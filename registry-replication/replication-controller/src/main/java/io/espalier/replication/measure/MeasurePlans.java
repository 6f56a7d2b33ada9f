package io.espalier.replication.measure;

import io.espalier.relay.protocol.MeasureMode;
import io.espalier.relay.protocol.NodeId;
import io.espalier.tree.network.NeighbourSampling;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Lays out measurements. */
final class MeasurePlans {
    /** So many nodes ping at the same time, so that they do not measure each other's load. */
    private static final int PINGING = 32;

    private static final long SEED = 20260101;

    private MeasurePlans() {}

    /** Everybody measures everybody, or sampled neighbours in a big cluster; only those of {@code who} measure. */
    static MeasurePlan requests(MeasureMode mode, List<NodeId> nodes, Collection<NodeId> who) {
        List<MeasureOrder> orders = new ArrayList<>();
        NeighbourSampling sampling = nodes.isEmpty() ? null : new NeighbourSampling(nodes.size(), SEED);
        for (int i = 0; sampling != null && i < nodes.size(); i++) {
            if (who.contains(nodes.get(i))) {
                List<NodeId> peers =
                        Arrays.stream(sampling.peers(i)).mapToObj(nodes::get).toList();
                if (!peers.isEmpty()) {
                    orders.add(new MeasureOrder(nodes.get(i), peers));
                }
            }
        }
        return inRounds(mode, orders);
    }

    /** These pairs and no others. */
    static MeasurePlan pairs(MeasureMode mode, Map<NodeId, ? extends Collection<NodeId>> pairs) {
        return inRounds(
                mode,
                pairs.entrySet().stream()
                        .map(entry -> new MeasureOrder(entry.getKey(), List.copyOf(entry.getValue())))
                        .toList());
    }

    private static MeasurePlan inRounds(MeasureMode mode, List<MeasureOrder> orders) {
        List<List<MeasureOrder>> rounds = new ArrayList<>();
        for (int at = 0; at < orders.size(); at += PINGING) {
            rounds.add(orders.subList(at, Math.min(orders.size(), at + PINGING)));
        }
        return new MeasurePlan(mode, rounds, 0, 0);
    }

    /**
     * Every pair in both directions, as far as the limit allows, in rounds in which each node copies from or to one other.
     *
     * <p>The rounds are those of a tournament by the circle method: one place stays, the others move on by one each round.
     */
    static MeasurePlan copies(List<NodeId> nodes, long copyBytes, long limitBytes) {
        int places = nodes.size() + nodes.size() % 2;
        long most = limitBytes / copyBytes;
        List<List<MeasureOrder>> rounds = new ArrayList<>();
        long planned = 0;
        for (int round = 0; round < places - 1 && planned < most; round++) {
            List<MeasureOrder> there = new ArrayList<>();
            List<MeasureOrder> back = new ArrayList<>();
            for (int i = 0; i < places / 2; i++) {
                int a = i == 0 ? 0 : 1 + (round + i - 1) % (places - 1);
                int b = 1 + (round + places - 2 - i) % (places - 1);
                if (a < nodes.size() && b < nodes.size()) {
                    there.add(new MeasureOrder(nodes.get(a), List.of(nodes.get(b))));
                    back.add(new MeasureOrder(nodes.get(b), List.of(nodes.get(a))));
                }
            }
            planned += addWithin(rounds, there, most - planned);
            planned += addWithin(rounds, back, most - planned);
        }
        long all = (long) nodes.size() * (nodes.size() - 1);
        return new MeasurePlan(MeasureMode.COPY, rounds, copyBytes, (int) Math.min(Integer.MAX_VALUE, all - planned));
    }

    private static int addWithin(List<List<MeasureOrder>> rounds, List<MeasureOrder> round, long room) {
        int count = (int) Math.min(round.size(), room);
        if (count > 0) {
            rounds.add(round.subList(0, count));
        }
        return count;
    }
}
