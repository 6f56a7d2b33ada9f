package io.espalier.replication.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.espalier.relay.protocol.MeasureMode;
import io.espalier.replication.measure.MeasureSettings;
import io.espalier.replication.measure.Measurements;
import io.espalier.replication.member.ClusterDouble;
import io.espalier.replication.store.MeasurementStore.PlanRow;
import io.espalier.tree.stripe.StripedPlan;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Trees outlive a restart of the master. */
@Timeout(60)
class StoredPlansTest extends PlansRig {
    StoredPlansTest() {
        super(ONE_TREE);
    }

    @Test
    void aRestartShowsTheSameTreeAlsoWhileTheNodesAreStillAway() throws Exception {
        restart(ONE_TREE.with(GREEDY));
        eleven();
        measure(MeasureMode.PING);
        StripedPlan before = plans.current(SIZE);
        plans.close();
        measurements.close();
        cluster.close();

        cluster = new ClusterDouble().answering(world).with("a");
        for (String node : EXAMPLE.keySet().stream().sorted().toList()) {
            cluster.with(node, "", false);
        }
        measurements = Measurements.start(MeasureSettings.DEFAULT, cluster, store, Clock.systemUTC());
        plans = start(PlanSettings.DEFAULT.with(GREEDY));

        assertThat(parents(plans.current(SIZE))).isEqualTo(parents(before));
        assertThat(plans.current(SIZE).completionSeconds()).isEqualTo(before.completionSeconds());
        for (String node : EXAMPLE.keySet()) {
            cluster.connect(node);
            assertThat(parents(plans.current(SIZE))).isEqualTo(parents(before));
        }
    }

    @Test
    void nodesThatDoNotComeBackAfterARestartAreLeftOut() throws Exception {
        eleven();
        measure(MeasureMode.PING);
        plans.current(SIZE);
        cluster.leave("e");
        cluster.leave("k");
        restart(ONE_TREE.withGrace(Duration.ofMillis(300), Duration.ZERO));

        await("a tree of nine").atMost(LIMIT).until(() -> plans.current(SIZE).size() == 9);
    }

    @Test
    void aStoredTreeThatCannotBeReadIsMadeAnew() throws Exception {
        eleven();
        measure(MeasureMode.PING);
        String name = SizeClass.of(SIZE).text();
        for (String body : List.of(
                "",
                "nonsense",
                "{}",
                "[{}]",
                "[{\"planner\":\"planned\",\"nodes\":[\"a\",\"b\"],\"parents\":[-1]}]",
                "[{\"planner\":\"planned\",\"nodes\":[\"a\",\"B B\"],\"parents\":[-1,0]}]",
                "[{\"planner\":\"planned\",\"nodes\":[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\",\"i\",\"j\",\"k\"],"
                        + "\"parents\":[-1,2,1,99,-5,0,0,0,0,0,0]}]")) {
            store.savePlan(new PlanRow(name, body, Instant.EPOCH));
            restart(ONE_TREE);

            assertThat(plans.current(SIZE).size()).as(body).isEqualTo(11);
        }
    }
}
