package io.espalier.replication.harbor;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.harbor.node.HarborEdge;
import io.espalier.harbor.node.HarborLogin;
import io.espalier.harbor.node.HarborNode;
import io.espalier.relay.protocol.NodeCapacity;
import io.espalier.relay.protocol.NodeId;
import io.espalier.replication.member.Member;
import io.espalier.tree.greedy.GreedyPlanner;
import io.espalier.tree.greedy.Rule;
import io.espalier.tree.network.Network;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class HarborPlannerTest {
    private static final long BYTES = 100_000_000;

    private static HarborNode harbor(String name, String site) {
        return new HarborNode(
                name,
                URI.create("https://" + name + ".example"),
                new HarborLogin("u", "p"),
                site,
                false,
                Optional.empty());
    }

    private static Member relay(String name, String registry) {
        return new Member(
                new NodeId(name),
                name + ".example",
                8490,
                registry,
                "",
                name.equals("m"),
                true,
                Instant.EPOCH,
                Instant.EPOCH,
                NodeCapacity.NONE,
                "");
    }

    private static Map<String, String> parents(List<HarborEdge> edges) {
        return edges.stream().collect(Collectors.toMap(edge -> edge.child().name(), edge -> edge.parent()
                .name()));
    }

    private static HarborPlanner planner(Network measured) {
        return new HarborPlanner(new GreedyPlanner(GreedyPlanner::ping, Rule.kBest(1)), members -> measured);
    }

    @Test
    void placesHarborsWithoutRelaysByTheirRoundTripTimeAndSite() {
        List<HarborNode> harbors =
                List.of(harbor("root", "eu"), harbor("far1", "us"), harbor("near", "eu"), harbor("far2", "us"));
        Map<String, Double> millis = Map.of("root", 1.0, "near", 3.0, "far1", 90.0, "far2", 95.0);

        Map<String, String> parents =
                parents(planner(Network.of("none").build()).edges(harbors, millis, List.of(), BYTES));

        assertThat(parents)
                .containsEntry("near", "root")
                .containsEntry("far1", "near")
                .containsEntry("far2", "far1");
    }

    @Test
    void believesWhatRelaysMeasuredMoreThanSites() {
        List<HarborNode> harbors = List.of(harbor("root", ""), harbor("a", ""), harbor("b", ""));
        Map<String, Double> millis = Map.of("root", 1.0, "a", 5.0, "b", 6.0);
        List<Member> members = List.of(
                relay("m", "https://root.example"),
                relay("n", "https://a.example:443/"),
                relay("o", "https://b.example"),
                relay("p", "http://plain.example:5000"));
        Network measured = Network.of("m", "n", "o")
                .rttBoth(0, 1, 80)
                .rttBoth(0, 2, 10)
                .rttBoth(1, 2, 5)
                .build();

        Map<String, String> parents = parents(planner(measured).edges(harbors, millis, members, BYTES));

        assertThat(parents).containsEntry("b", "root").containsEntry("a", "b");
        assertThat(HarborPlanner.relay(harbors.get(1), members)).contains(members.get(1));
    }

    @Test
    void drawsAChildBelowItsParent() {
        HarborNode root = harbor("root", "");
        HarborNode a = harbor("a", "");
        HarborNode b = harbor("b", "");

        assertThat(HarborPlanner.draw(root, List.of(new HarborEdge(root, a), new HarborEdge(a, b))))
                .isEqualTo("root\n  a\n    b\n");
        assertThat(planner(Network.of("x").build()).edges(List.of(root), Map.of(), List.of(), BYTES))
                .isEmpty();
    }
}
