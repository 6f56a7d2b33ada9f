package io.espalier.replication.metrics;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.MeasureMode;
import io.espalier.replication.measure.Measurements;
import io.espalier.replication.member.Member;
import io.espalier.replication.member.Members;
import io.espalier.replication.plan.Plans;
import io.espalier.replication.store.MeasurementStore.MeasurementRow;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/**
 * Nodes, measurements and trees in Prometheus' text format (exposition format 0.0.4), and whatever other parts add. Thread-safe;
 * asks no database and no node.
 */
public final class ControllerMetrics implements Supplier<String> {
    private static final String PREFIX = "espalier_replication_";

    private final Members members;
    private final Measurements measurements;
    private final Plans plans;
    private final Clock clock;
    private final List<Supplier<String>> more = new CopyOnWriteArrayList<>();

    public ControllerMetrics(Members members, Measurements measurements, Plans plans, Clock clock) {
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
        StringBuilder text = new StringBuilder();
        nodes(text);
        measured(text);
        trees(text);
        more.forEach(other -> text.append(other.get()));
        return text.toString();
    }

    private void nodes(StringBuilder text) {
        List<Member> all = members.all();
        long connected = all.stream().filter(Member::connected).count();
        head(text, "nodes", "gauge", "Members of the cluster, by state.");
        value(text, "nodes", "state=\"connected\"", (double) connected);
        value(text, "nodes", "state=\"away\"", (double) (all.size() - connected));
    }

    private void measured(StringBuilder text) {
        List<MeasurementRow> rows = measurements.measured();
        head(text, "measured_pairs", "gauge", "Pairs of nodes with a measurement, by mode.");
        for (MeasureMode mode : MeasureMode.values()) {
            value(text, "measured_pairs", mode(mode), (double)
                    rows.stream().filter(row -> row.mode() == mode).count());
        }
        head(text, "measurement_age_seconds", "gauge", "Age of the newest measurement, by mode.");
        Instant now = clock.instant();
        for (MeasureMode mode : MeasureMode.values()) {
            rows.stream()
                    .filter(row -> row.mode() == mode)
                    .map(MeasurementRow::at)
                    .max(Instant::compareTo)
                    .ifPresent(at -> value(
                            text,
                            "measurement_age_seconds",
                            mode(mode),
                            Math.max(0, Duration.between(at, now).toMillis() / 1e3)));
        }
    }

    private static String mode(MeasureMode mode) {
        return "mode=\"" + mode.name().toLowerCase(Locale.ROOT) + '"';
    }

    private void trees(StringBuilder text) {
        head(text, "tree_edges", "gauge", "Edges of the tree in force, by size of image.");
        plans.inForce()
                .forEach((size, plan) -> value(text, "tree_edges", size(size.text()), plan.descendants(plan.root())));
        head(text, "tree_region_edges", "gauge", "Those of them that lead into another region.");
        plans.inForce()
                .forEach((size, plan) ->
                        value(text, "tree_region_edges", size(size.text()), plan.edgesBetweenRegions()));
        head(text, "tree_predicted_seconds", "gauge", "Predicted time for half the biggest image of the size.");
        plans.inForce()
                .forEach((size, plan) ->
                        value(text, "tree_predicted_seconds", size(size.text()), plan.completionSeconds()));
        head(text, "planning_failed", "gauge", "1 when the last planning failed.");
        value(text, "planning_failed", "", plans.problem().isPresent() ? 1 : 0);
    }

    private static String size(String text) {
        return "size=\"" + text + '"';
    }

    private static void head(StringBuilder text, String name, String type, String help) {
        text.append("# HELP ")
                .append(PREFIX)
                .append(name)
                .append(' ')
                .append(help)
                .append('\n');
        text.append("# TYPE ")
                .append(PREFIX)
                .append(name)
                .append(' ')
                .append(type)
                .append('\n');
    }

    private static void value(StringBuilder text, String name, String labels, double value) {
        text.append(PREFIX).append(name);
        if (!labels.isEmpty()) {
            text.append('{').append(labels).append('}');
        }
        text.append(' ')
                .append(
                        value == Math.rint(value) && Math.abs(value) < 1e15
                                ? Long.toString((long) value)
                                : Double.isInfinite(value) ? "+Inf" : Double.toString(value))
                .append('\n');
    }
}
