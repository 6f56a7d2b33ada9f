package io.espalier.harbor.tree;

import static java.util.Objects.requireNonNull;

import io.espalier.harbor.error.HarborException;
import io.espalier.harbor.node.HarborEdge;
import io.espalier.harbor.node.HarborNode;
import io.espalier.harbor.session.HarborFacts;
import io.espalier.harbor.session.HarborSession;
import io.espalier.harbor.session.HarborSessions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Writes a tree into the Harbors: at each parent one registry entry for every child and one manual policy for every edge. Applying
 * twice changes nothing the second time; what others made is left alone; what we made for edges that are gone is removed. A Harbor
 * that fails does not keep the others from their part. Calls block; one at a time.
 */
public final class HarborTree {
    private static final Duration STOP_LIMIT = Duration.ofSeconds(20);

    private final String cluster;
    private final HarborSessions sessions;
    private final OwnMark mark;
    private final Duration stopLimit;

    /**
     * A tree of this cluster.
     *
     * @param cluster the name by which Harbors shared by several clusters tell what is whose
     */
    public HarborTree(String cluster, HarborSessions sessions) {
        this(cluster, sessions, STOP_LIMIT);
    }

    /** The same waiting so long for executions that are stopped. */
    public HarborTree(String cluster, HarborSessions sessions, Duration stopLimit) {
        this.cluster = requireNonNull(cluster, "cluster is null");
        this.sessions = requireNonNull(sessions, "sessions is null");
        this.stopLimit = requireNonNull(stopLimit, "stopLimit is null");
        this.mark = new OwnMark(cluster);
    }

    /**
     * Makes the Harbors have this tree.
     *
     * @param nodes all Harbors of the cluster, those outside of the tree too
     * @param dry changes nothing, and tells every call that would
     * @throws HarborException only when interrupted
     */
    public TreeReport apply(Collection<HarborNode> nodes, List<HarborEdge> edges, EdgeSettings settings, boolean dry)
            throws HarborException {
        Steps steps = new Steps(dry);
        RegistryKeeper registries = new RegistryKeeper(cluster, mark);
        PolicyKeeper policies = new PolicyKeeper(cluster, mark, settings, stopLimit);
        Map<String, List<HarborEdge>> byParent = new LinkedHashMap<>();
        nodes.forEach(node -> byParent.put(node.name(), new ArrayList<>()));
        edges.forEach(edge -> byParent.computeIfAbsent(edge.parent().name(), name -> new ArrayList<>())
                .add(edge));
        Map<String, HarborException> wrong = childrenThatFail(edges);
        for (HarborNode node : nodes) {
            List<HarborEdge> own = byParent.getOrDefault(node.name(), List.of());
            try {
                HarborSession session = sessions.of(node);
                HarborFacts facts = session.ready();
                for (HarborEdge edge : own) {
                    edge(session, facts, edge, wrong, registries, policies, steps);
                }
                policies.removeAllBut(
                        session,
                        own.stream()
                                .map(edge -> TreeNames.policy(cluster, edge))
                                .toList(),
                        steps);
                registries.removeAllBut(
                        session,
                        own.stream()
                                .map(edge ->
                                        TreeNames.registry(cluster, edge.child().name()))
                                .toList(),
                        steps);
            } catch (HarborException failed) {
                steps.fail(node.name(), "its part of the tree", failed);
            }
        }
        return steps.report();
    }

    private static void edge(
            HarborSession session,
            HarborFacts facts,
            HarborEdge edge,
            Map<String, HarborException> wrong,
            RegistryKeeper registries,
            PolicyKeeper policies,
            Steps steps)
            throws HarborException {
        HarborException childFails = wrong.get(edge.child().name());
        if (childFails != null) {
            steps.fail(session.node().name(), "the edge " + edge, childFails);
            return;
        }
        try {
            OptionalLong registry = registries.ensure(session, facts, edge.child(), steps);
            policies.ensure(session, facts, edge, registry, steps);
        } catch (HarborException failed) {
            steps.fail(session.node().name(), "the edge " + edge, failed);
        }
    }

    /** Wrong credentials of a child would be noticed only when an image comes, so every child is asked first. */
    private Map<String, HarborException> childrenThatFail(List<HarborEdge> edges) throws HarborException {
        Map<String, HarborException> wrong = new HashMap<>();
        for (HarborEdge edge : edges) {
            try {
                sessions.of(edge.child()).facts();
            } catch (HarborException failed) {
                if (Thread.currentThread().isInterrupted()) {
                    throw failed;
                }
                wrong.put(edge.child().name(), failed);
            }
        }
        return wrong;
    }

    /**
     * Removes everything that was made for this cluster.
     *
     * @throws HarborException only when interrupted
     */
    public TreeReport remove(Collection<HarborNode> nodes, boolean dry) throws HarborException {
        return apply(nodes, List.of(), EdgeSettings.DEFAULT, dry);
    }
}
