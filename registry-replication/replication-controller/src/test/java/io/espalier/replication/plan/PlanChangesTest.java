package io.espalier.replication.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.espalier.relay.protocol.MeasureMode;
import io.espalier.tree.stripe.StripedPlan;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When another tree takes the place of the one in force, and when it does not. */
@Timeout(60)
class PlanChangesTest extends PlansRig {
    PlanChangesTest() {
        super(ONE_TREE);
    }

    @Test
    void listenerThatEndedHearsNoMore() {
        List<PlanChange> heard = new CopyOnWriteArrayList<>();
        Runnable end = plans.whenChanged(heard::add);
        eleven();
        plans.current(SIZE);
        cluster.remove("b");
        await("a change").atMost(LIMIT).until(() -> !heard.isEmpty());
        end.run();
        int before = heard.size();
        changes.clear();
        cluster.remove("c");
        await("another change").atMost(LIMIT).until(() -> !changes.isEmpty());
        assertThat(heard).hasSize(before);
    }

    @Test
    void aMemberThatComesOrGoesChangesTheTree() throws Exception {
        eleven();
        measure(MeasureMode.PING);
        assertThat(plans.current(SIZE).size()).isEqualTo(11);

        cluster.leave("b");
        await("a tree without b").atMost(LIMIT).until(() -> plans.current(SIZE).size() == 10);
        assertThat(parents(plans.current(SIZE))).doesNotContainKey("b").doesNotContainValue("b");

        cluster.connect("b");
        assertThat(plans.current(SIZE).size()).isEqualTo(11);
        cluster.remove("k");
        assertThat(plans.current(SIZE).size()).isEqualTo(10);
        assertThat(changes).isNotEmpty().allMatch(PlanChange::members);
    }

    @Test
    void aShortBreakChangesNothing() throws Exception {
        restart(ONE_TREE.withGrace(Duration.ZERO, Duration.ofMinutes(1)));
        eleven();
        measure(MeasureMode.PING);
        StripedPlan before = plans.current(SIZE);
        changes.clear();

        cluster.leave("b");
        cluster.connect("b");

        assertThat(parents(plans.current(SIZE))).isEqualTo(parents(before));
        assertThat(changes).isEmpty();
    }

    @Test
    void aSmallChangeOfTheNetworkKeepsTheTreeAndABigOneDoesNot() throws Exception {
        world.millis((from, to) -> site(from) == site(to) ? 2 : 80);
        eleven();
        measure(MeasureMode.PING);
        measure(MeasureMode.COPY);
        StripedPlan before = plans.current(SIZE);
        changes.clear();

        for (int round = 0; round < 5; round++) {
            double shift = 0.9 + 0.05 * round;
            world.millis((from, to) -> (site(from) == site(to) ? 2 : 80) * (shift + from.charAt(0) % 3 * 0.01));
            measure(MeasureMode.PING);
        }
        awaitPlanned();
        assertThat(parents(plans.current(SIZE))).isEqualTo(parents(before));
        assertThat(changes).isEmpty();

        for (String node : List.of("b", "c", "d")) {
            world.bandwidth(node, 500_000, 10_000_000);
        }
        measure(MeasureMode.COPY);
        await("another tree").atMost(LIMIT).until(() -> !changes.isEmpty());
        assertThat(changes.get(0).members()).isFalse();
        assertThat(changes.get(0).reason()).contains("is predicted to save");
        assertThat(parents(plans.current(SIZE))).isNotEqualTo(parents(before));
    }

    private static int site(String node) {
        return (node.charAt(0) - 'a') / 4;
    }

    /** What was asked of the planning thread before is done when it has made a tree that nobody had. */
    private void awaitPlanned() {
        assertThat(plans.current(1)).isNotNull();
    }

    @Test
    void aTreeComesBackWhenItsNodesDo() throws Exception {
        eleven();
        measure(MeasureMode.PING);
        measure(MeasureMode.COPY);
        StripedPlan before = plans.current(SIZE);

        cluster.leave("c");
        await("a tree without c").atMost(LIMIT).until(() -> plans.current(SIZE).size() == 10);
        world.millis((from, to) -> 11 + (from.charAt(0) - 'a') * 0.1);
        cluster.connect("c");

        assertThat(parents(plans.current(SIZE))).isEqualTo(parents(before));
    }

    @Test
    void withoutTheMastersRelayThereIsASentence() {
        assertThatThrownBy(() -> plans.current(SIZE))
                .isInstanceOf(PlanException.class)
                .hasMessageContaining("the master's own relay has not joined yet");
        assertThat(plans.problem()).get().asString().contains("has not joined yet");

        cluster.with("a");
        cluster.connect("a");

        await("the problem is over").atMost(LIMIT).until(() -> plans.problem().isEmpty());
        assertThat(plans.current(SIZE).size()).isEqualTo(1);
        assertThat(plans.problem()).isEmpty();
    }
}
