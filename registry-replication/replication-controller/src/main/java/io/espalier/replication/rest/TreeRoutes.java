package io.espalier.replication.rest;

import static java.util.Objects.requireNonNull;

import io.espalier.http.HttpFault;
import io.espalier.http.JsonBody;
import io.espalier.relay.protocol.MeasureMode;
import io.espalier.relay.protocol.Stripe;
import io.espalier.replication.measure.MeasurePlan;
import io.espalier.replication.measure.MeasureReport;
import io.espalier.replication.measure.Measurements;
import io.espalier.replication.plan.PlannerChoice;
import io.espalier.replication.plan.Plans;
import io.espalier.replication.shell.TreeConsole;
import io.espalier.replication.size.ByteSize;
import io.espalier.replication.store.MeasurementStore.MeasurementRow;
import io.espalier.replication.store.MeasurementStore.RateRow;
import io.espalier.tree.stripe.StripedPlan;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** {@code /v1/tree} and {@code /v1/measurements}. */
public final class TreeRoutes {
    private static final int MAX_TEXT_CHARS = 256;
    private static final int MAX_ROWS = 100_000;
    private static final int DEFAULT_ROWS = 10_000;
    private static final String DEFAULT_SIZE = "100MB";

    private final Measurements measurements;
    private final Plans plans;
    private final JsonBody json = new JsonBody(MAX_TEXT_CHARS);
    private final Blocking blocking;

    public TreeRoutes(Measurements measurements, Plans plans, Blocking blocking) {
        this.blocking = requireNonNull(blocking, "blocking is null");
        this.measurements = requireNonNull(measurements, "measurements is null");
        this.plans = requireNonNull(plans, "plans is null");
    }

    /** Adds the routes to a door's router. */
    public void addTo(Router router) {
        router.get("/v1/tree").handler(this::tree);
        router.post("/v1/tree/measure").handler(this::measure);
        router.get("/v1/measurements").handler(this::measured);
    }

    private void tree(RoutingContext ctx) {
        Query query = Query.of(ctx, "size", "explain", "planner", "stripes");
        boolean explain = query.flag("explain");
        String size = query.text("size").orElse(DEFAULT_SIZE);
        Optional<String> planner = query.text("planner");
        OptionalInt stripes = query.text("stripes").isPresent()
                ? OptionalInt.of(query.whole("stripes", Stripe.MOST, 1))
                : OptionalInt.empty();
        blocking.run(
                ctx,
                () -> TreeJson.tree(plan(ByteSize.parse("parameter size", size), planner, stripes), explain),
                fields -> json.answer(ctx, 200, fields));
    }

    private StripedPlan plan(long bytes, Optional<String> planner, OptionalInt stripes) {
        if (planner.isEmpty() && stripes.isEmpty()) {
            return plans.current(bytes);
        }
        PlannerChoice choice = planner.map(plans.planner()::named).orElse(plans.planner());
        return stripes.isPresent() ? plans.propose(choice, bytes, stripes.getAsInt()) : plans.propose(choice, bytes);
    }

    /** The body of {@code POST /v1/tree/measure}; both may be missing. */
    record MeasureWish(@Nullable String mode, @Nullable String size) {}

    private void measure(RoutingContext ctx) {
        Query.of(ctx);
        MeasureWish wish = json.read(ctx, MeasureWish.class);
        String mode = wish.mode();
        String size = wish.size();
        blocking.run(
                ctx,
                () -> {
                    MeasureMode wanted = mode == null ? MeasureMode.PING : TreeConsole.mode(mode);
                    MeasurePlan plan =
                            measurements.preview(wanted, size == null ? 0 : TreeConsole.copyBytes(wanted, size));
                    if (plan.pairs() == 0) {
                        throw new HttpFault(
                                409,
                                "NOTHING_TO_MEASURE",
                                "Tried to measure but there is no pair of connected nodes within the limit; GET /v1/nodes"
                                        + " shows who is there.");
                    }
                    CompletableFuture<MeasureReport> ignored = measurements.measure(plan);
                    return TreeJson.measuring(plan);
                },
                fields -> json.answer(ctx, 202, fields));
    }

    private void measured(RoutingContext ctx) {
        Query query = Query.of(ctx, "node", "limit");
        int limit = query.whole("limit", MAX_ROWS, DEFAULT_ROWS);
        String node = query.text("node").orElse("");
        blocking.run(ctx, () -> measured(node, limit), fields -> json.answer(ctx, 200, fields));
    }

    private Map<String, @Nullable Object> measured(String node, int limit) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("latest", measurements.latest().map(TreeJson::report).orElse(null));
        List<MeasurementRow> rows = measurements.measured().stream()
                .filter(row -> node.isEmpty()
                        || row.from().value().equals(node)
                        || row.to().value().equals(node))
                .sorted(Comparator.comparing(MeasurementRow::from)
                        .thenComparing(MeasurementRow::to)
                        .thenComparing(MeasurementRow::mode))
                .toList();
        fields.put("count", rows.size());
        fields.put("pairs", rows.stream().limit(limit).map(TreeJson::row).toList());
        fields.put(
                "rates",
                measurements.rates().stream()
                        .filter(row -> node.isEmpty()
                                || row.parent().value().equals(node)
                                || row.child().value().equals(node))
                        .sorted(Comparator.comparing(RateRow::parent).thenComparing(RateRow::child))
                        .limit(limit)
                        .map(TreeJson::rate)
                        .toList());
        return fields;
    }
}
