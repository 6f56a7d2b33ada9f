package io.espalier.replication.node;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.NodeId;
import io.espalier.replication.member.Member;
import io.espalier.replication.plan.Plans;
import io.espalier.replication.transfer.RoutePlanner;
import io.espalier.tree.stripe.StripedPlan;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What transfers ask of planning, answered by the trees in force. */
final class PlannedRoutes implements RoutePlanner {
    private static final double MOST_SECONDS = 1e9;

    private final Plans plans;

    PlannedRoutes(Plans plans) {
        this.plans = requireNonNull(plans, "plans is null");
    }

    @Override
    public Tree plan(long bytes, Collection<Member> members) {
        StripedPlan plan = plans.over(members, bytes);
        Map<NodeId, Duration> predicted = new HashMap<>();
        for (int node = 0; node < plan.size(); node++) {
            double seconds = plan.predictedSeconds(node);
            if (seconds >= 0 && seconds < MOST_SECONDS) {
                predicted.put(new NodeId(plan.network().id(node)), Duration.ofMillis(Math.round(1000 * seconds)));
            }
        }
        return new Tree(plans.routes(plan), predicted);
    }

    @Override
    public List<Member> nearest(Member node, Collection<Member> holders) {
        return plans.nearest(node, holders);
    }
}
