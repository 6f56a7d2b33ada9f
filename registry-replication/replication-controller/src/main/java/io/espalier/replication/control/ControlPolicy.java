package io.espalier.replication.control;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.NodeId;
import io.espalier.replication.store.ControlStore;
import io.espalier.replication.store.ControlStore.RuleRow;
import io.espalier.replication.store.StoreException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rules. All is refused but what a rule grants; the first rule is built in and lets every node query and re-sync itself. Rules
 * are in memory and in the store. Thread-safe.
 */
public final class ControlPolicy {
    /** The built-in rule. */
    public static final RuleRow DEFAULT =
            new RuleRow("default", Rule.ALL, "images,resync", Rule.SELF, Rule.ALL, Instant.EPOCH);

    private static final int MOST_RULES = 1_000;
    private static final int ID_CHARS = 8;
    private static final Logger LOG = LoggerFactory.getLogger(ControlPolicy.class);

    private final ControlStore store;
    private final Clock clock;
    private volatile List<Rule> rules;

    private ControlPolicy(ControlStore store, Clock clock, List<Rule> rules) {
        this.store = store;
        this.clock = clock;
        this.rules = List.copyOf(rules);
    }

    /**
     * Reads the rules.
     *
     * @throws StoreException when the database is away
     */
    public static ControlPolicy open(ControlStore store, Clock clock) {
        requireNonNull(clock, "clock is null");
        List<Rule> rules = new ArrayList<>(List.of(new Rule(DEFAULT)));
        for (RuleRow row : store.rules()) {
            try {
                rules.add(new Rule(row));
            } catch (IllegalArgumentException e) {
                LOG.warn("Rule {} is left out, so it grants nothing: {}", row.id(), e.getMessage());
            }
        }
        return new ControlPolicy(store, clock, rules);
    }

    /** The built-in rule, then the others in the order in which they were made. */
    public List<RuleRow> rules() {
        return rules.stream().map(Rule::row).toList();
    }

    /**
     * Adds a rule; it counts from now on.
     *
     * @param node name or glob of those who may
     * @param actions words, or {@code *} alone
     * @param target name, glob, {@code self} or {@code master}
     * @param repositories globs; empty for all
     * @throws IllegalArgumentException with a sentence
     * @throws StoreException when the database is away; nothing is granted then
     */
    public synchronized RuleRow grant(String node, List<String> actions, String target, List<String> repositories) {
        if (rules.size() > MOST_RULES) {
            throw new IllegalArgumentException("There are " + MOST_RULES + " rules already; revoke some.");
        }
        RuleRow row = new RuleRow(
                UUID.randomUUID().toString().substring(0, ID_CHARS),
                node,
                String.join(",", actions),
                target,
                repositories.isEmpty() ? Rule.ALL : String.join(",", repositories),
                clock.instant().truncatedTo(ChronoUnit.MILLIS));
        Rule rule = new Rule(row);
        store.save(row);
        List<Rule> more = new ArrayList<>(rules);
        more.add(rule);
        rules = List.copyOf(more);
        LOG.info(
                "Rule {} is granted: {} may {} at {} for {}.",
                row.id(),
                row.node(),
                row.actions(),
                row.target(),
                row.repositories());
        return row;
    }

    /**
     * Takes a rule away; permissions that were given by it end by themselves, within their short life.
     *
     * @return false when there is no such rule
     * @throws IllegalArgumentException with a sentence for the built-in rule
     * @throws StoreException when the database is away; the rule stays then
     */
    public synchronized boolean revoke(String id) {
        if (id.equals(DEFAULT.id())) {
            throw new IllegalArgumentException("The built-in rule cannot be revoked; a node may always query and"
                    + " re-sync itself, which its operator can do without the master as well.");
        }
        if (rules.stream().noneMatch(rule -> rule.row().id().equals(id))) {
            return false;
        }
        store.removeRule(id);
        rules = rules.stream().filter(rule -> !rule.row().id().equals(id)).toList();
        LOG.info("Rule {} is revoked.", id);
        return true;
    }

    /** Takes away all rules that name just this node, so that another one of that name does not have its rights. */
    void forget(NodeId node) {
        rules.stream()
                .filter(rule -> rule.isOf(node))
                .map(rule -> rule.row().id())
                .forEach(this::revoke);
    }

    /** The rule that grants this; empty when it is refused. */
    Optional<RuleRow> granting(Wish wish) {
        return rules.stream().filter(rule -> rule.grants(wish)).map(Rule::row).findFirst();
    }
}
