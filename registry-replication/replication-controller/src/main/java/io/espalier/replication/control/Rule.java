package io.espalier.replication.control;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.ControlAction;
import io.espalier.relay.protocol.NodeId;
import io.espalier.replication.image.GlobList;
import io.espalier.replication.member.Member;
import io.espalier.replication.store.ControlStore.RuleRow;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A rule that grants; what no rule grants is refused. Immutable. */
final class Rule {
    static final String SELF = "self";
    static final String MASTER = "master";
    static final String ALL = "*";
    private static final Pattern NAMES = Pattern.compile("[a-z0-9.*?-]{1,200}");
    private static final int MAX_REPOSITORIES_CHARS = 1_000;

    private final RuleRow row;
    private final Set<ControlAction> actions;
    private final GlobList nodes;
    private final GlobList targets;
    private final GlobList repositories;

    /**
     * Reads a rule.
     *
     * @throws IllegalArgumentException with a sentence for the operator
     */
    Rule(RuleRow row) {
        this.row = requireNonNull(row, "row is null");
        this.nodes = names("node", row.node());
        this.targets = names("target", row.target());
        this.actions = actions(row.actions());
        if (row.repositories().isEmpty() || row.repositories().length() > MAX_REPOSITORIES_CHARS) {
            throw new IllegalArgumentException("The repositories of a rule are globs with commas between them, 1 to "
                    + MAX_REPOSITORIES_CHARS + " characters; write * for all.");
        }
        List<String> globs = List.of(row.repositories().split(",", -1));
        if (globs.stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException(
                    "A glob of the repositories is empty, which would mean all; write * for all.");
        }
        this.repositories = GlobList.of(globs);
    }

    private static GlobList names(String what, String glob) {
        if (!NAMES.matcher(glob).matches()) {
            throw new IllegalArgumentException("The " + what + " of a rule is the name of a node"
                    + (what.equals("target") ? ", self, master" : "") + " or a glob with * and ?, of a-z 0-9 . -.");
        }
        return GlobList.of(List.of(glob));
    }

    private static Set<ControlAction> actions(String words) {
        if (words.equals(ALL)) {
            return EnumSet.allOf(ControlAction.class);
        }
        Set<ControlAction> found = EnumSet.noneOf(ControlAction.class);
        for (String word : words.split(",", -1)) {
            found.add(ControlAction.find(word)
                    .orElseThrow(() -> new IllegalArgumentException("There is no such action; use * or some of "
                            + String.join(",", ControlAction.words()) + ".")));
        }
        return found;
    }

    RuleRow row() {
        return row;
    }

    /** Whether it names just this node. */
    boolean isOf(NodeId node) {
        return row.node().equals(node.value());
    }

    /** Whether it grants this. Who wants all images needs a rule for all repositories. */
    boolean grants(Wish wish) {
        return nodes.matches(wish.holder().value())
                && actions.contains(wish.action())
                && isTarget(wish)
                && (wish.hasNoSubject()
                        || row.repositories().equals(ALL)
                        || (!wish.repository().isEmpty() && repositories.matches(wish.repository())));
    }

    private boolean isTarget(Wish wish) {
        Member target = wish.target();
        return switch (row.target()) {
            case SELF -> target.id().equals(wish.holder());
            case MASTER -> target.master();
            default -> targets.matches(target.id().value());
        };
    }

    @Override
    public String toString() {
        return row.id() + ": " + row.node() + " may "
                + actions.stream().map(ControlAction::word).collect(Collectors.joining(","));
    }
}
