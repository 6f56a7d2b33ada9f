package io.espalier.replication.metrics;

import static io.espalier.replication.metrics.PrometheusText.label;
import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.MeasureMode;
import io.espalier.replication.measure.Measurements;
import io.espalier.replication.member.Member;
import io.espalier.replication.member.Members;
import io.espalier.replication.member.NodeConditions;
import io.espalier.replication.plan.Plans;
import io.espalier.replication.store.MeasurementStore.MeasurementRow;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Nodes, measurements and trees in Prometheus' text format (exposition format 0.0.4), and whatever other parts add. Thread-safe;
 * asks no database and no node.
 */
public final class ControllerMetrics implements Supplier<String> {
    private final Members members;
    private final NodeConditions conditions;
    private final Measurements measurements;
    private final Plans plans;
    private final Clock clock;
    private final List<Supplier<String>> more = new CopyOnWriteArrayList<>();

    public ControllerMetrics(
            Members members, NodeConditions conditions, Measurements measurements, Plans plans, Clock clock) {
        this.conditions = requireNonNull(conditions, "conditions is null");
        this.members = requireNonNull(members, "members is null");
        this.measurements = requireNonNull(measurements, "measurements is null");
        this.plans = requireNonNull(plans, "plans is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /** Adds the text of another part, with its own names, until it is taken back. */
    public void add(Supplier<String> text) {
        more.add(requireNonNull(text, "text is null"));
    }

    public void remove(Supplier<String> text) {
        more.remove(text);
    }

    @Override
    public String get() {
        PrometheusText text = new PrometheusText();
        nodes(text);
        measured(text);
        trees(text);
        return text + more.stream().map(Supplier::get).collect(Collectors.joining());
    }

    private void nodes(PrometheusText text) {
        List<Member> all = members.all();
        long connected = all.stream().filter(Member::connected).count();
        text.head("nodes", "gauge", "Members of the cluster, by state.");
        text.value("nodes", label("state", "connected"), connected);
        text.value("nodes", label("state", "away"), all.size() - connected);
        List<Member> there = all.stream().filter(Member::connected).toList();
        text.head("node_registry_up", "gauge", "Whether the registry of a connected node can be used.");
        there.forEach(member -> text.value(
                "node_registry_up",
                node(member),
                well(conditions.of(member.id()).registry())));
        text.head("node_disk_well", "gauge", "0 while the disk under a connected node's spool is nearly full.");
        there.forEach(member -> text.value(
                "node_disk_well", node(member), well(conditions.of(member.id()).disk())));
    }

    private static String node(Member member) {
        return label("node", member.id().value());
    }

    private static int well(String problem) {
        return problem.isEmpty() ? 1 : 0;
    }

    private void measured(PrometheusText text) {
        List<MeasurementRow> rows = measurements.measured();
        text.head("measured_pairs", "gauge", "Pairs of nodes with a measurement, by mode.");
        for (MeasureMode mode : MeasureMode.values()) {
            text.value(
                    "measured_pairs",
                    mode(mode),
                    rows.stream().filter(row -> row.mode() == mode).count());
        }
        text.head("measurement_age_seconds", "gauge", "Age of the newest measurement, by mode.");
        Instant now = clock.instant();
        for (MeasureMode mode : MeasureMode.values()) {
            rows.stream()
                    .filter(row -> row.mode() == mode)
                    .map(MeasurementRow::at)
                    .max(Instant::compareTo)
                    .ifPresent(at -> text.value(
                            "measurement_age_seconds",
                            mode(mode),
                            Math.max(0, Duration.between(at, now).toMillis() / 1e3)));
        }
    }

    private static String mode(MeasureMode mode) {
        return label("mode", mode.name().toLowerCase(Locale.ROOT));
    }

    private void trees(PrometheusText text) {
        text.head("tree_edges", "gauge", "Edges of the tree in force, by size of image.");
        plans.inForce().forEach((size, plan) -> text.value("tree_edges", size(size.text()), plan.edges()));
        text.head("tree_region_edges", "gauge", "Those of them that lead into another region.");
        plans.inForce()
                .forEach(
                        (size, plan) -> text.value("tree_region_edges", size(size.text()), plan.edgesBetweenRegions()));
        text.head("tree_predicted_seconds", "gauge", "Predicted time for half the biggest image of the size.");
        plans.inForce()
                .forEach((size, plan) ->
                        text.value("tree_predicted_seconds", size(size.text()), plan.completionSeconds()));
        text.single(
                "planning_failed",
                "gauge",
                "1 when the last planning failed.",
                plans.problem().isPresent() ? 1 : 0);
    }

    private static String size(String text) {
        return label("size", text);
    }
}
