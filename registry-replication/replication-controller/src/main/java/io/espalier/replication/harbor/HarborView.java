package io.espalier.replication.harbor;

import static java.util.Objects.requireNonNull;

import io.espalier.replication.member.Member;
import io.espalier.replication.trigger.TagListener;
import io.espalier.tree.network.Network;
import io.espalier.tree.plan.TreePlanner;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What the rest of the controller gives to the Harbors.
 *
 * @param members the nodes that run a relay
 * @param measured the network of members, numbered in their order
 * @param planner by the setting
 * @param relays takes over where a Harbor cannot serve
 */
public record HarborView(
        Supplier<List<Member>> members,
        Function<List<Member>, Network> measured,
        Supplier<TreePlanner> planner,
        TagListener relays) {
    public HarborView {
        requireNonNull(members, "members is null");
        requireNonNull(measured, "measured is null");
        requireNonNull(planner, "planner is null");
        requireNonNull(relays, "relays is null");
    }
}
