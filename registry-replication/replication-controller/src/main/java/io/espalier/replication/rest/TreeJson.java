package io.espalier.replication.rest;

import io.espalier.replication.measure.MeasurePlan;
import io.espalier.replication.measure.MeasureReport;
import io.espalier.replication.store.MeasurementStore.MeasurementRow;
import io.espalier.replication.store.MeasurementStore.RateRow;
import io.espalier.tree.plan.TreePlan;
import io.espalier.tree.stripe.StripedPlan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Trees and measurements as JSON; what is not known is null. */
final class TreeJson {
    private TreeJson() {}

    static Map<String, @Nullable Object> tree(StripedPlan plan, boolean explain) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("bytes", plan.request().bytes());
        fields.put("planner", plan.planner());
        fields.put("root", plan.network().id(plan.root()));
        fields.put("stripes", plan.stripes());
        fields.put("predictedSeconds", number(plan.completionSeconds()));
        fields.put("boundSeconds", number(plan.boundSeconds()));
        fields.put("regions", plan.first().regions().count());
        fields.put("edgesBetweenRegions", plan.edgesBetweenRegions());
        fields.put("bytesBetweenRegions", plan.bytesBetweenRegions());
        List<Map<String, @Nullable Object>> edges = new ArrayList<>();
        Set<String> unreachable = new LinkedHashSet<>();
        for (int stripe = 0; stripe < plan.stripes(); stripe++) {
            TreePlan tree = plan.trees().get(stripe);
            for (int node : tree.order()) {
                if (node != tree.root()) {
                    edges.add(edge(tree, stripe, node, explain));
                }
            }
            unreachable.addAll(names(tree, tree.unreachable()));
        }
        fields.put("edges", edges);
        fields.put("unreachable", unreachable);
        if (explain) {
            fields.put("why", plan.first().explain(plan.root()));
        }
        return fields;
    }

    private static Map<String, @Nullable Object> edge(TreePlan plan, int stripe, int node, boolean explain) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        int parent = plan.parent(node);
        fields.put("stripe", stripe);
        fields.put("parent", plan.network().id(parent));
        fields.put("child", plan.network().id(node));
        fields.put("backups", names(plan, plan.backups(node)));
        fields.put("region", plan.region(node));
        fields.put("roundTripMillis", number(plan.network().expectedRttMillis(parent, node)));
        fields.put("measured", plan.network().measured(parent, node));
        fields.put("bytesPerSecond", number(plan.rate(node)));
        fields.put("predictedSeconds", number(plan.predictedSeconds(node)));
        if (explain) {
            fields.put("why", plan.explain(node));
        }
        return fields;
    }

    private static List<String> names(TreePlan plan, int[] nodes) {
        return Arrays.stream(nodes).mapToObj(plan.network()::id).toList();
    }

    static Map<String, Object> measuring(MeasurePlan plan) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("mode", plan.mode().name().toLowerCase(Locale.ROOT));
        fields.put("pairs", plan.pairs());
        fields.put("rounds", plan.rounds().size());
        fields.put("bytes", plan.bytes());
        fields.put("leftOut", plan.left());
        fields.put("message", plan.sentence());
        return fields;
    }

    static Map<String, @Nullable Object> report(MeasureReport report) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("id", report.id());
        fields.put("mode", report.mode().name().toLowerCase(Locale.ROOT));
        fields.put("asked", report.asked());
        fields.put("measured", report.measured());
        fields.put("bytes", report.bytes());
        fields.put("problems", report.problems());
        fields.put("started", report.started().toString());
        fields.put("finished", report.finished().map(Object::toString).orElse(null));
        return fields;
    }

    static Map<String, @Nullable Object> row(MeasurementRow row) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("from", row.from().value());
        fields.put("to", row.to().value());
        fields.put("mode", row.mode().name().toLowerCase(Locale.ROOT));
        fields.put("millis", number(row.millis()));
        fields.put("jitterMillis", number(row.jitterMillis()));
        fields.put("bytesPerSecond", row.bytesPerSecond());
        fields.put("at", row.at().toString());
        return fields;
    }

    static Map<String, Object> rate(RateRow row) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("parent", row.parent().value());
        fields.put("child", row.child().value());
        fields.put("bytesPerSecond", row.bytesPerSecond());
        fields.put("at", row.at().toString());
        return fields;
    }

    private static @Nullable Object number(double value) {
        return Double.isNaN(value) || Double.isInfinite(value) ? null : value;
    }
}
