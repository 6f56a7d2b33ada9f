package io.espalier.tree.greedy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.espalier.tree.network.Network;
import io.espalier.tree.network.NetworkBuilder;
import io.espalier.tree.plan.PlanRequest;
import io.espalier.tree.plan.TreePlan;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class GreedyPlannerTest {
    private static final PlanRequest REQUEST = PlanRequest.ofBytes(100_000_000);

    @Test
    void workedExampleGivesTheTreeOfTheIssue() {
        Network network = workedExample();
        TreePlan plan = new GreedyPlanner().plan(network, 0, REQUEST);
        assertThat(text(plan, 0)).isEqualTo("a(b(e,f),c(g,h,i),d(j,k))");
        assertThat(plan.unreachable()).isEmpty();
        assertThat(plan.planner()).isEqualTo("greedy");
    }

    @Test
    void kBestTakesSoManyAndNoMore() {
        NetworkBuilder line = Network.of("a", "b", "c", "d", "e", "f");
        for (int from = 0; from < 6; from++) {
            for (int to = 0; to < from; to++) {
                line.rttBoth(from, to, 10.0 * (from - to));
            }
        }
        TreePlan plan = new GreedyPlanner(GreedyPlanner::ping, Rule.kBest(2)).plan(line.build(), 0, REQUEST);
        // Both b and c want d and e, and c is nearer; both d and e want f, and e is nearer.
        assertThat(text(plan, 0)).isEqualTo("a(b,c(d,e(f)))");
    }

    @Test
    void nodeWantedTwiceGoesToTheLowerCostAndThenToTheLowerNumber() {
        NetworkBuilder builder = Network.of("a", "b", "c", "d", "e")
                .rtt(0, 1, 10)
                .rtt(0, 2, 10)
                .rtt(0, 3, 40)
                .rtt(0, 4, 40);
        Network network = builder.rtt(1, 3, 10.5)
                .rtt(2, 3, 10)
                .rtt(1, 4, 10)
                .rtt(2, 4, 10)
                .build();
        TreePlan plan = new GreedyPlanner().plan(network, 0, REQUEST);
        assertThat(text(plan, 0)).isEqualTo("a(b(e),c(d))");
    }

    @Test
    void toleranceIsTenPercentButAtLeastOneMillisecond() {
        Network slow = Network.of("a", "b", "c", "d")
                .rtt(0, 1, 100)
                .rtt(0, 2, 110)
                .rtt(0, 3, 110.1)
                .rtt(1, 3, 1)
                .rtt(2, 3, 9)
                .build();
        assertThat(text(new GreedyPlanner().plan(slow, 0, REQUEST), 0)).isEqualTo("a(b(d),c)");
        Network fast = Network.of("a", "b", "c", "d")
                .rtt(0, 1, 0.2)
                .rtt(0, 2, 1.2)
                .rtt(0, 3, 1.3)
                .rtt(1, 3, 1)
                .rtt(2, 3, 0.5)
                .build();
        assertThat(text(new GreedyPlanner().plan(fast, 0, REQUEST), 0)).isEqualTo("a(b,c(d))");
    }

    @Test
    void copyModeUsesTheCallersSeconds() {
        CostFunction copy = (network, from, to) -> from == 0 && to == 2 ? 1 : 30 + to;
        TreePlan plan = new GreedyPlanner(copy, Rule.bestGroup(0, 0.1)).plan(workedExample(), 0, REQUEST);
        assertThat(plan.children(0)).containsExactly(2);
    }

    @Test
    void nodeThatNobodyCanMeasureIsReportedAndEndsNothing() {
        Network network =
                Network.of("a", "b", "lost", "alone").rtt(0, 1, 5).rtt(2, 3, 5).build();
        TreePlan plan = new GreedyPlanner().plan(network, 0, REQUEST);
        assertThat(plan.unreachable()).containsExactly(2, 3);
        assertThat(plan.explain(2)).contains("lost is not reached");
        assertThat(plan.predictedSeconds(2)).isNaN();
        assertThat(plan.completionSeconds()).isPositive().isFinite();
    }

    @Test
    void earlierLevelIsAskedWhenTheLastCanMeasureNobody() {
        Network network = Network.of("a", "b", "c").rtt(0, 1, 5).rtt(0, 2, 50).build();
        assertThat(text(new GreedyPlanner().plan(network, 0, REQUEST), 0)).isEqualTo("a(b,c)");
    }

    @Test
    void mostChildrenAreKept() {
        NetworkBuilder builder = Network.of("a", "b", "c", "d")
                .maxChildren(0, 1)
                .maxChildren(1, 1)
                .maxChildren(2, 1);
        for (int from = 0; from < 4; from++) {
            for (int to = 0; to < 4; to++) {
                if (from != to) {
                    builder.rtt(from, to, 10);
                }
            }
        }
        assertThat(text(new GreedyPlanner().plan(builder.build(), 0, REQUEST), 0))
                .isEqualTo("a(b(c(d)))");
    }

    @Test
    void wrongRootAndWrongRulesAreRefused() {
        Network network = Network.of("a").build();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new GreedyPlanner().plan(network, 1, REQUEST))
                .withMessageContaining("no node 1");
        assertThatIllegalArgumentException().isThrownBy(() -> Rule.kBest(0));
        assertThatIllegalArgumentException().isThrownBy(() -> Rule.bestGroup(Double.NaN, 0.1));
        assertThat(new GreedyPlanner().plan(network, 0, REQUEST).completionSeconds())
                .isZero();
    }

    /** Point 3 of the issue: what each of a, b, c, d measures; the others never have to. */
    static Network workedExample() {
        NetworkBuilder builder = Network.of("a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k");
        double[] fromA = {10, 10, 10, 20, 25, 30, 30, 35, 40, 45, 50};
        double[] fromB = {10, 10, 20, 25, 30, 20, 30};
        double[] fromC = {20, 30, 10, 10, 10, 30, 40};
        double[] fromD = {50, 50, 50, 50, 50, 10, 10};
        for (int i = 0; i < fromA.length - 1; i++) {
            builder.rtt(0, i + 1, fromA[i]);
        }
        for (int i = 0; i < fromB.length; i++) {
            builder.rtt(1, i + 4, fromB[i]).rtt(2, i + 4, fromC[i]).rtt(3, i + 4, fromD[i]);
        }
        return builder.build();
    }

    private static String text(TreePlan plan, int node) {
        String children = Arrays.stream(plan.children(node))
                .mapToObj(child -> text(plan, child))
                .collect(Collectors.joining(","));
        return plan.network().id(node) + (children.isEmpty() ? "" : "(" + children + ")");
    }
}
