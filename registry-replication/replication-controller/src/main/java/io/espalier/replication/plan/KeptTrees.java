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
 * The last trees of every size class, one for each set of nodes, newest first: when nodes go and come back, as at a restart of the
 * master, the tree of before is there again. Not thread-safe.
 */
final class KeptTrees {
    private static final Logger LOG = LoggerFactory.getLogger(KeptTrees.class);
    private static final int MOST_TREES = 8;
    /** In big clusters fewer trees are kept. */
    private static final int MOST_NODES = 20_000;

    private final MeasurementStore store;
    private final ObjectMapper json = new ObjectMapper();
    private final Map<SizeClass, List<KeptTree>> trees = new HashMap<>();
    private final Set<SizeClass> unsaved = new HashSet<>();

    /** Reads what the store has; what cannot be read is as good as not there. */
    KeptTrees(MeasurementStore store) {
        this.store = requireNonNull(store, "store is null");
        for (SizeClass size : SizeClass.all()) {
            List<KeptTree> read = store.plan(size.text()).map(this::read).orElse(List.of());
            if (!read.isEmpty()) {
                trees.put(size, read);
            }
        }
    }

    List<KeptTree> of(SizeClass size) {
        return trees.getOrDefault(size, List.of());
    }

    /** Those that have a tree. */
    Set<SizeClass> sizes() {
        return Set.copyOf(trees.keySet());
    }

    /** The names of the last tree's nodes. */
    Set<String> lastNames() {
        return trees.values().stream()
                .map(kept -> kept.get(0).names())
                .max(java.util.Comparator.comparingInt(Set::size))
                .orElse(Set.of());
    }

    /** Takes the place of a tree of the same nodes; it is used although the store may not take it now. */
    void put(SizeClass size, KeptTree tree, Instant now) {
        List<KeptTree> old = of(size);
        if (!old.isEmpty() && old.get(0).equals(tree)) {
            return;
        }
        Set<String> names = tree.names();
        List<KeptTree> kept = new ArrayList<>(List.of(tree));
        int nodes = tree.nodes().size();
        for (KeptTree other : old) {
            nodes += other.nodes().size();
            if (kept.size() < MOST_TREES
                    && nodes <= MOST_NODES
                    && !other.names().equals(names)) {
                kept.add(other);
            }
        }
        trees.put(size, List.copyOf(kept));
        unsaved.add(size);
        save(now);
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

    private String write(List<KeptTree> kept) {
        ArrayNode all = json.createArrayNode();
        for (KeptTree tree : kept) {
            ObjectNode one = all.addObject();
            one.put("planner", tree.planner());
            ArrayNode nodes = one.putArray("nodes");
            tree.nodes().forEach(nodes::add);
            ArrayNode parents = one.putArray("parents");
            tree.parents().forEach(parents::add);
        }
        return all.toString();
    }

    private List<KeptTree> read(PlanRow row) {
        List<KeptTree> kept = new ArrayList<>();
        try {
            for (JsonNode one : json.readTree(row.body())) {
                List<String> nodes = new ArrayList<>();
                one.path("nodes").forEach(node -> nodes.add(new NodeId(node.asText()).value()));
                List<Integer> parents = new ArrayList<>();
                one.path("parents").forEach(parent -> parents.add(parent.asInt()));
                kept.add(new KeptTree(one.path("planner").asText(), nodes, parents));
            }
        } catch (JsonProcessingException | IllegalArgumentException unreadable) {
            LOG.warn("The stored tree {} cannot be read and is made anew: {}", row.name(), unreadable.getMessage());
        }
        return kept;
    }
}
