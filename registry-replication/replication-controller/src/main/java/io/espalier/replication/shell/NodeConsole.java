package io.espalier.replication.shell;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.NodeId;
import io.espalier.replication.authority.ClusterMembership;
import io.espalier.replication.authority.JoinTokens;
import io.espalier.replication.control.PauseBoard;
import io.espalier.replication.member.Member;
import io.espalier.replication.member.NodeConditions;
import io.espalier.replication.window.WindowRules;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The commands {@code node:*}; each answers with what is printed and fails with a sentence. Thread-safe. */
public final class NodeConsole {
    private static final String TOKEN = "node:token [--ttl 24h] [--uses N] | --revoke-all";
    private static final String REMOVE = "node:remove NAME";

    private final ClusterMembership members;
    private final JoinTokens tokens;
    private final Clock clock;
    private final PauseBoard pauses;
    private final NodeConditions conditions;
    private final WindowRules windows;

    /** @param windows when nodes take images */
    public NodeConsole(
            ClusterMembership members,
            JoinTokens tokens,
            Clock clock,
            PauseBoard pauses,
            NodeConditions conditions,
            WindowRules windows) {
        this.conditions = requireNonNull(conditions, "conditions is null");
        this.windows = requireNonNull(windows, "windows is null");
        this.pauses = requireNonNull(pauses, "pauses is null");
        this.members = requireNonNull(members, "members is null");
        this.tokens = requireNonNull(tokens, "tokens is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /** {@code node:list}: a row for each node, and below a sentence for each thing that is wrong with one. */
    public String list() {
        List<Member> all = members.all();
        if (all.isEmpty()) {
            return "There are no nodes yet; the master's own relay is the first, then make a token with node:token.";
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(row("NODE", "STATE", "SITE", "RELAY", "REGISTRY", "FROM", "SEEN", "WINDOW"));
        for (Member member : all) {
            rows.add(row(
                    member.id() + (member.master() ? " (master)" : ""),
                    state(member),
                    member.site().isEmpty() ? "-" : member.site(),
                    member.host() + ":" + member.port(),
                    member.registry(),
                    member.remoteAddress().isEmpty() ? "-" : member.remoteAddress(),
                    member.connected()
                            ? "now"
                            : Shown.age(Duration.between(member.lastSeen(), clock.instant())) + " ago",
                    windows.times(member).isEmpty() ? "-" : windows.times(member)));
        }
        return Shown.table(rows)
                + all.stream()
                        .flatMap(member -> conditions.problems(member).stream())
                        .map(problem -> "\n! " + problem.replaceAll("\\p{Cntrl}", " "))
                        .collect(Collectors.joining());
    }

    /** Without windows nobody needs the last column. */
    private List<String> row(String... cells) {
        List<String> row = List.of(cells);
        return windows.windows().isEmpty() ? row.subList(0, row.size() - 1) : row;
    }

    private String state(Member member) {
        String window = windows.opensAt(member, clock.instant())
                .map(opens -> "waits for its window, which opens at " + opens)
                .orElse("");
        return Stream.of(
                        member.connected() ? "connected" : "away",
                        pauses.text(member.id()),
                        window,
                        conditions.text(member.id()))
                .filter(word -> !word.isEmpty())
                .collect(Collectors.joining(", "));
    }

    /**
     * {@code node:token --ttl 24h --uses 1}: a token, and what the new node's configuration says; or {@code --revoke-all}: takes back
     * all that were made.
     */
    public String token(List<String> words) {
        CommandWords read = CommandWords.read(TOKEN, words, List.of("--ttl", "--uses"), List.of("--revoke-all"))
                .withPlain(0, TOKEN);
        if (read.has("--revoke-all")) {
            if (read.options().size() > 1) {
                throw new IllegalArgumentException(
                        "A token is made or all are revoked, not both; leave out --revoke-all, or the other options.");
            }
            tokens.revokeAll();
            return "All join tokens are revoked; nodes that have joined stay. node:token makes a new one.";
        }
        Duration life = read.value("--ttl")
                .map(text -> Lifetime.parse("time to live", text))
                .orElse(JoinTokens.DEFAULT_LIFE);
        int uses = read.value("--uses").map(NodeConsole::uses).orElse(1);
        String token = tokens.create(life, uses);
        String master = members.all().stream()
                .filter(Member::master)
                .findFirst()
                .map(member -> member.host() + ":" + member.port())
                .orElse("MASTER-HOST:8490");
        return String.join(
                "\n",
                "Good for " + uses + (uses == 1 ? " node" : " nodes") + " within " + Shown.age(life)
                        + ". It is shown this once; write on the new node into etc/image.relay.json:",
                "{",
                "  \"name\": \"NODE-NAME\",",
                "  \"host\": \"NODE-HOST\",",
                "  \"master\": \"" + master + "\",",
                "  \"join-token\": \"" + token + "\",",
                "  \"registry-url\": \"http://127.0.0.1:5000\"",
                "}");
    }

    private static int uses(String text) {
        if (!text.matches("[1-9][0-9]{0,5}")) {
            throw new IllegalArgumentException("The number of uses '" + Shown.of(text) + "' is not possible; use 1 to "
                    + JoinTokens.MAX_USES + ".");
        }
        return Integer.parseInt(text);
    }

    /** {@code node:remove NAME}. */
    public String remove(List<String> words) {
        String name = CommandWords.read(REMOVE, words, List.of(), List.of())
                .withPlain(1, REMOVE)
                .plain()
                .get(0);
        NodeId node = new NodeId(name);
        if (!members.remove(node)) {
            throw new IllegalArgumentException("There is no node '" + node + "'; node:list shows those that are.");
        }
        return "Removed node " + node + " and revoked its certificates; what is in its registry stays.";
    }
}
