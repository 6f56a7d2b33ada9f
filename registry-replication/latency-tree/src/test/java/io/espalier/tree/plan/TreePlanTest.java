package io.espalier.tree.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.tree.network.Network;
import io.espalier.tree.network.NetworkBuilder;
import org.junit.jupiter.api.Test;

class TreePlanTest {
    /** m -> a, b; a -> c, d; c -> e; f is not reached. */
    private static final int[] PARENTS = {-1, 0, 0, 1, 1, 3, -1};

    @Test
    void treeIsReadFromItsParents() {
        TreePlan plan = plan(network());
        assertThat(plan.children(1)).containsExactly(3, 4);
        assertThat(plan.order()).containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(plan.depth(5)).isEqualTo(3);
        assertThat(plan.depth(6)).isEqualTo(-1);
        assertThat(plan.descendants(1)).isEqualTo(3);
        assertThat(plan.within(5, 1)).isTrue();
        assertThat(plan.within(2, 1)).isFalse();
        assertThat(plan.within(6, 0)).isFalse();
        assertThat(plan.unreachable()).containsExactly(6);
        assertThat(plan.edgesToVerify()).isEmpty();
    }

    @Test
    void backupsAreTheGrandparentAndNodesThatDoNotLoseTheSameParent() {
        TreePlan plan = plan(network());
        assertThat(plan.backups(0)).isEmpty();
        assertThat(plan.backups(6)).isEmpty();
        assertThat(plan.backups(3)[0]).isZero();
        assertThat(plan.backups(3)).hasSize(3).contains(2).doesNotContain(1, 5);
        // c's backups are c's siblings last: they lose the same parent.
        assertThat(plan.backups(3)[2]).isEqualTo(4);
        assertThat(plan.backups(5)[0]).isEqualTo(1);
        assertThat(plan.backups(5)).doesNotContain(3);
    }

    @Test
    void nodesThatMayHaveNoMoreChildrenAreNoAlternates() {
        TreePlan plan =
                TreePlan.of("test", network().maxChildren(2, 0).build(), 0, PlanRequest.ofBytes(1_000_000), PARENTS);
        assertThat(plan.backups(3)).doesNotContain(2);
    }

    @Test
    void explanationNamesParentMeasurementRatesShareAndTheNextBest() {
        TreePlan plan = plan(network());
        assertThat(plan.explain(3))
                .startsWith("c receives from a: round-trip time 20.0 ms measured, 5.0 MB/s of a's uplink of 10.0 MB/s"
                        + " shared by 2, at most 10.0 MB/s into c, same region; done after")
                .contains("Next best would be");
        assertThat(plan.explain(0)).contains("m is the root").contains("5 nodes");
        assertThat(plan.explain(6)).contains("f is not reached");
        assertThat(plan.explainAll()).hasSize(7);
        TreePlan alone = TreePlan.of(
                "test", Network.of("m", "a").maxChildren(1, 0).build(), 0, PlanRequest.ofBytes(1), new int[] {-1, 0});
        assertThat(alone.explain(1)).contains("No other node could be its parent.");
    }

    @Test
    void storedPlanComesBackTheSame() {
        TreePlan plan = plan(network());
        TreePlan back = TreePlan.of(
                plan.planner(),
                plan.network(),
                plan.root(),
                plan.request(),
                plan.parents(),
                new int[] {0, 1, 2, 4, 3, 5, 6},
                plan.regions());
        assertThat(back.children(1)).containsExactly(4, 3);
        assertThat(back.completionSeconds()).isEqualTo(plan.completionSeconds());
    }

    private static TreePlan plan(NetworkBuilder builder) {
        return TreePlan.of("test", builder.build(), 0, PlanRequest.ofBytes(10_000_000), PARENTS);
    }

    private static NetworkBuilder network() {
        NetworkBuilder builder = Network.of("m", "a", "b", "c", "d", "e", "f");
        for (int i = 0; i < 7; i++) {
            builder.bandwidth(i, 10e6, 10e6);
            for (int j = 0; j < i; j++) {
                builder.rttBoth(i, j, 20);
            }
        }
        return builder;
    }
}
