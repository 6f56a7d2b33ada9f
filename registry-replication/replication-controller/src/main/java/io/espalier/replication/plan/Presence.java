package io.espalier.replication.plan;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.NodeId;
import io.espalier.replication.member.Member;
import io.espalier.replication.member.Members;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Which members count as there: those connected, the master, and for a short time those that were there just now. Thread-safe. */
final class Presence {
    private final Members members;
    private final Clock clock;
    private final Map<NodeId, Instant> graced = new ConcurrentHashMap<>();

    Presence(Members members, Clock clock) {
        this.members = requireNonNull(members, "members is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    void grace(NodeId node, Duration time) {
        graced.put(node, clock.instant().plus(time));
    }

    void noGrace(NodeId node) {
        graced.remove(node);
    }

    /** The master first. Without a master, none. */
    List<Member> there() {
        Instant now = clock.instant();
        graced.values().removeIf(until -> !until.isAfter(now));
        List<Member> there = new ArrayList<>();
        for (Member member : members.all()) {
            if (member.master()) {
                there.add(0, member);
            } else if (member.connected() || graced.containsKey(member.id())) {
                there.add(member);
            }
        }
        return there.isEmpty() || !there.get(0).master() ? List.of() : there;
    }
}
