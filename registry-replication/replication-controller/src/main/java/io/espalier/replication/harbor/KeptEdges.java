package io.espalier.replication.harbor;

import io.espalier.harbor.node.HarborEdge;
import io.espalier.harbor.node.HarborNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A tree that is applied while some Harbors cannot be used: each of those keeps the edge that it had, as a leaf, so that it gets
 * images again when it is back.
 *
 * @param edges those that were planned, then those that are kept
 * @param sentences what is said of each Harbor that cannot be used
 */
record KeptEdges(List<HarborEdge> edges, List<String> sentences) {
    KeptEdges {
        edges = List.copyOf(edges);
        sentences = List.copyOf(sentences);
    }

    /**
     * Adds what was.
     *
     * @param planned a tree over the Harbors that can be used
     * @param before the tree that was applied last
     * @param states of all Harbors, the root first
     */
    static KeptEdges of(List<HarborEdge> planned, List<HarborEdge> before, List<HarborState> states) {
        HarborNode root = states.get(0).node();
        List<HarborState> away =
                states.stream().filter(state -> state.facts().isEmpty()).toList();
        List<HarborEdge> edges = new ArrayList<>(planned);
        List<String> sentences = new ArrayList<>();
        for (HarborState state : away) {
            Optional<HarborEdge> had = before.stream()
                    .filter(edge -> edge.child().equals(state.node()))
                    .findFirst();
            had.ifPresent(
                    edge -> edges.add(hasPlace(edge.parent(), root, planned, before, away) ? edge : below(root, edge)));
            sentences.add("'" + state.node().name() + "' cannot be used now: " + state.problem()
                    + (had.isPresent()
                            ? " Its edge stays as it was."
                            : " It has no place in the tree; run tree:apply --harbor when it is back."));
        }
        return new KeptEdges(edges, sentences);
    }

    private static boolean hasPlace(
            HarborNode parent,
            HarborNode root,
            List<HarborEdge> planned,
            List<HarborEdge> before,
            List<HarborState> away) {
        boolean kept = away.stream().anyMatch(state -> state.node().equals(parent))
                && before.stream().anyMatch(edge -> edge.child().equals(parent));
        return kept
                || parent.equals(root)
                || planned.stream().anyMatch(edge -> edge.child().equals(parent));
    }

    private static HarborEdge below(HarborNode root, HarborEdge edge) {
        return new HarborEdge(root, edge.child());
    }
}
