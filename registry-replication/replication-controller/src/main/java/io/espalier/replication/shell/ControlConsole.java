package io.espalier.replication.shell;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.NodeId;
import io.espalier.replication.control.AuditTrail;
import io.espalier.replication.control.ControlPolicy;
import io.espalier.replication.store.ControlStore.RequestRow;
import io.espalier.replication.store.ControlStore.RuleRow;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The master's commands {@code control:*}; each answers with what is printed and fails with a sentence. Thread-safe. */
public final class ControlConsole {
    private static final String LIST = "control:list";
    private static final String GRANT =
            "control:grant NODE ACTION[,ACTION...] [TARGET] [--repositories GLOB[,GLOB...]]";
    private static final String REVOKE = "control:revoke RULE";
    private static final String AUDIT = "control:audit [--node NODE] [--limit 20]";
    private static final int DEFAULT_LIMIT = 20;

    private final ControlPolicy policy;
    private final AuditTrail audit;

    public ControlConsole(ControlPolicy policy, AuditTrail audit) {
        this.policy = requireNonNull(policy, "policy is null");
        this.audit = requireNonNull(audit, "audit is null");
    }

    /** {@code control:list}: who may do what; all else is refused. */
    public String list(List<String> words) {
        CommandWords.read(LIST, words, List.of(), List.of()).withPlain(0, LIST);
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("RULE", "NODE", "MAY", "AT", "FOR", "SINCE"));
        for (RuleRow rule : policy.rules()) {
            rows.add(List.of(
                    rule.id(),
                    rule.node(),
                    rule.actions(),
                    rule.target(),
                    rule.repositories(),
                    rule.made().equals(Instant.EPOCH) ? "always" : seconds(rule.made())));
        }
        return Shown.table(rows);
    }

    private static String seconds(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** {@code control:grant lyon push master --repositories team/*}. */
    public String grant(List<String> words) {
        CommandWords read = CommandWords.read(GRANT, words, List.of("--repositories"), List.of());
        List<String> plain = read.plain();
        if (plain.size() < 2 || plain.size() > 3) {
            throw new IllegalArgumentException(
                    "The command takes a node, actions and perhaps a target; write " + GRANT + ".");
        }
        RuleRow rule = policy.grant(
                plain.get(0),
                split(plain.get(1)),
                plain.size() > 2 ? plain.get(2) : "self",
                read.value("--repositories").map(ControlConsole::split).orElse(List.of()));
        return "Rule " + rule.id() + ": " + rule.node() + " may " + rule.actions() + " at " + rule.target() + " for "
                + rule.repositories() + "; " + REVOKE.replace("RULE", rule.id()) + " ends it.";
    }

    private static List<String> split(String words) {
        return List.of(words.split(",", -1));
    }

    /** {@code control:revoke RULE}. */
    public String revoke(List<String> words) {
        String id = CommandWords.read(REVOKE, words, List.of(), List.of())
                .withPlain(1, REVOKE)
                .plain()
                .get(0);
        if (!policy.revoke(id)) {
            throw new IllegalArgumentException("There is no rule '" + Shown.of(id) + "'; " + LIST + " shows all.");
        }
        return "Revoked rule " + id + "; permissions that were given by it end within minutes.";
    }

    /** {@code control:audit --node lyon}: the latest requests first. */
    public String audit(List<String> words) {
        CommandWords read = CommandWords.read(AUDIT, words, List.of("--node", "--limit"), List.of())
                .withPlain(0, AUDIT);
        Optional<NodeId> node = read.value("--node").map(NodeId::new);
        int limit = read.value("--limit").map(ControlConsole::limit).orElse(DEFAULT_LIMIT);
        List<RequestRow> requests = audit.latest(node, limit);
        if (requests.isEmpty()) {
            return "Nobody has asked for anything.";
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("ASKED", "NODE", "ACTION", "AT", "FOR", "WORD", "OUTCOME", "WHY, AND WHAT THE TARGET SAID"));
        for (RequestRow row : requests) {
            rows.add(List.of(
                    seconds(row.asked()),
                    row.node(),
                    Shown.of(row.action()),
                    row.target().isEmpty() ? "-" : Shown.of(row.target()),
                    row.subject().isEmpty() ? "all" : Shown.of(row.subject()),
                    row.granted() ? "granted" : "refused",
                    row.outcome().isEmpty() ? "-" : row.outcome(),
                    row.reason() + (row.answer().isEmpty() ? "" : ". " + row.answer())));
        }
        return Shown.table(rows);
    }

    private static int limit(String text) {
        if (!text.matches("[1-9][0-9]{0,3}")) {
            throw new IllegalArgumentException("The limit '" + Shown.of(text) + "' is not possible; use 1 to 9999.");
        }
        return Integer.parseInt(text);
    }
}
