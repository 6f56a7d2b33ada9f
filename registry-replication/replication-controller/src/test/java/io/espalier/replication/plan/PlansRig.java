package io.espalier.replication.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.relay.protocol.MeasureMode;
import io.espalier.replication.measure.MeasureReport;
import io.espalier.replication.measure.MeasureSettings;
import io.espalier.replication.measure.Measurements;
import io.espalier.replication.member.ClusterDouble;
import io.espalier.replication.member.MeasuredWorld;
import io.espalier.replication.store.MemoryMeasurements;
import io.espalier.tree.plan.TreePlan;
import io.espalier.tree.stripe.StripedPlan;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;

/** Trees of a cluster that measures what its world says. */
abstract class PlansRig {
    static final Duration LIMIT = Duration.ofSeconds(10);
    static final long SIZE = 100_000_000;
    static final PlannerChoice GREEDY = new PlannerChoice("greedy", "best-group");
    static final PlanSettings AT_ONCE = PlanSettings.DEFAULT.withGrace(Duration.ZERO, Duration.ZERO);
    static final PlanSettings ONE_TREE = AT_ONCE.withStripes(1);
    /** The children of the worked example with their parents. */
    static final Map<String, String> EXAMPLE =
            Map.of("b", "a", "c", "a", "d", "a", "e", "b", "f", "b", "g", "c", "h", "c", "i", "c", "j", "d", "k", "d");

    final MemoryMeasurements store = new MemoryMeasurements();
    final MeasuredWorld world = MeasuredWorld.workedExample();
    final List<PlanChange> changes = new CopyOnWriteArrayList<>();
    ClusterDouble cluster = new ClusterDouble().answering(world);
    Measurements measurements = Measurements.start(
            MeasureSettings.DEFAULT.withPatience(Duration.ofSeconds(2), Duration.ofSeconds(10), Duration.ofMillis(1)),
            cluster,
            store,
            Clock.systemUTC());
    Plans plans;

    PlansRig(PlanSettings settings) {
        plans = start(settings);
    }

    final Plans start(PlanSettings settings) {
        Plans started = Plans.start(settings, cluster, measurements, store, Clock.systemUTC());
        started.whenChanged(changes::add);
        return started;
    }

    void restart(PlanSettings settings) {
        plans.close();
        plans = start(settings);
    }

    @AfterEach
    void stop() {
        plans.close();
        measurements.close();
        cluster.close();
    }

    void measure(MeasureMode mode) throws Exception {
        MeasureReport report =
                measurements.measure(measurements.preview(mode, 0)).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        assertThat(report.measured()).as(report.sentence()).isEqualTo(report.asked());
    }

    /** The nodes of the worked example. */
    ClusterDouble eleven() {
        return cluster.with("a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k");
    }

    /** Of a plan with one tree: the parent of each node but the root. */
    static Map<String, String> parents(StripedPlan striped) {
        assertThat(striped.stripes()).isEqualTo(1);
        TreePlan plan = striped.first();
        Map<String, String> parents = new TreeMap<>();
        for (int node = 0; node < plan.size(); node++) {
            if (plan.parent(node) >= 0) {
                parents.put(plan.network().id(node), plan.network().id(plan.parent(node)));
            }
        }
        return parents;
    }
}
