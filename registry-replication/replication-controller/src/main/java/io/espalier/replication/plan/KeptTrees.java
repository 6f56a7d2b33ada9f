package io.espalier.replication.plan;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.espalier.relay.protocol.NodeId;
import io.espalier.replication.store.MeasurementStore;
import io.espalier.replication.store.MeasurementStore.PlanRow;
import io.espalier.replication.store.StoreException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last plans of every size class, one for each set of nodes, newest first: when nodes go and come back, as at a restart of the
 * master, the tree of before is there again. Not thread-safe.
 */
final class KeptTrees {
    private static final Logger LOG = LoggerFactory.getLogger(KeptTrees.class);
    private static final int MOST_TREES = 8;
    /** In big clusters fewer trees are kept. */
    private static final int MOST_NODES = 20_000;

    private final MeasurementStore store;
    private final ObjectMapper json = new ObjectMapper();
    private final Map<SizeClass, List<KeptPlan>> plans = new HashMap<>();
    private final Set<SizeClass> unsaved = new HashSet<>();

    /** Reads what the store has; what cannot be read is as good as not there. */
    KeptTrees(MeasurementStore store) {
        this.store = requireNonNull(store, "store is null");
        for (SizeClass size : SizeClass.all()) {
            List<KeptPlan> read = store.plan(size.text()).map(this::read).orElse(List.of());
            if (!read.isEmpty()) {
                plans.put(size, read);
            }
        }
    }

    List<KeptPlan> of(SizeClass size) {
        return plans.getOrDefault(size, List.of());
    }

    /** Those that have a tree. */
    Set<SizeClass> sizes() {
        return Set.copyOf(plans.keySet());
    }

    /** The names of the last tree's nodes. */
    Set<String> lastNames() {
        return plans.values().stream()
                .map(kept -> kept.get(0).names())
                .max(java.util.Comparator.comparingInt(Set::size))
                .orElse(Set.of());
    }

    /** Takes the place of a tree of the same nodes; it is used although the store may not take it now. */
    void put(SizeClass size, KeptPlan plan, Instant now) {
        List<KeptPlan> old = of(size);
        if (!old.isEmpty() && old.get(0).equals(plan)) {
            return;
        }
        Set<String> names = plan.names();
        List<KeptPlan> kept = new ArrayList<>(List.of(plan));
        int nodes = weight(plan);
        for (KeptPlan other : old) {
            nodes += weight(other);
            if (kept.size() < MOST_TREES
                    && nodes <= MOST_NODES
                    && !other.names().equals(names)) {
                kept.add(other);
            }
        }
        plans.put(size, List.copyOf(kept));
        unsaved.add(size);
        save(now);
    }

    private static int weight(KeptPlan plan) {
        return plan.stripes() * plan.size();
    }

    /** Stores what is not stored yet; what the store refuses now is offered again next time. */
    void save(Instant now) {
        for (SizeClass size : List.copyOf(unsaved)) {
            try {
                store.savePlan(new PlanRow(size.text(), write(of(size)), now));
                unsaved.remove(size);
            } catch (StoreException away) {
                if (!away.isAway()) {
                    LOG.warn("The tree for {} is kept in memory only for now. {}", size.text(), away.getMessage());
                }
                return;
            }
        }
    }

    /** The first stripe stands where a plain tree does, so that a plain tree is stored as it always was. */
    private String write(List<KeptPlan> kept) {
        ArrayNode all = json.createArrayNode();
        for (KeptPlan plan : kept) {
            ObjectNode one = all.addObject();
            one.put("planner", plan.planner());
            write(plan.trees().get(0), one);
            if (plan.stripes() > 1) {
                ArrayNode more = one.putArray("more");
                plan.trees().stream().skip(1).forEach(tree -> write(tree, more.addObject()));
            }
        }
        return all.toString();
    }

    private static void write(KeptTree tree, ObjectNode one) {
        ArrayNode nodes = one.putArray("nodes");
        tree.nodes().forEach(nodes::add);
        ArrayNode parents = one.putArray("parents");
        tree.parents().forEach(parents::add);
    }

    private List<KeptPlan> read(PlanRow row) {
        List<KeptPlan> kept = new ArrayList<>();
        try {
            for (JsonNode one : json.readTree(row.body())) {
                String planner = one.path("planner").asText();
                List<KeptTree> trees = new ArrayList<>(List.of(tree(planner, one)));
                one.path("more").forEach(more -> trees.add(tree(planner, more)));
                kept.add(new KeptPlan(trees));
            }
        } catch (JsonProcessingException | IllegalArgumentException unreadable) {
            LOG.warn("The stored tree {} cannot be read and is made anew: {}", row.name(), unreadable.getMessage());
        }
        return kept;
    }

    private static KeptTree tree(String planner, JsonNode one) {
        List<String> nodes = new ArrayList<>();
        one.path("nodes").forEach(node -> nodes.add(new NodeId(node.asText()).value()));
        List<Integer> parents = new ArrayList<>();
        one.path("parents").forEach(parent -> parents.add(parent.asInt()));
        return new KeptTree(planner, nodes, parents);
    }
}
