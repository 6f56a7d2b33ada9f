package io.espalier.replication.transfer;

import io.espalier.replication.image.GlobList;
import java.util.ArrayList;
import java.util.List;

/** Priorities of repositories, by the first rule {@code GLOB=1..10} that matches. */
public final class PriorityRules {
    public static final int DEFAULT = 5;

    private record Rule(GlobList glob, int priority) {}

    private final List<Rule> rules;

    private PriorityRules(List<Rule> rules) {
        this.rules = List.copyOf(rules);
    }

    /**
     * Reads rules; blank ones are left out.
     *
     * @throws IllegalArgumentException with a sentence when one is no rule
     */
    public static PriorityRules parse(List<String> texts) {
        List<Rule> rules = new ArrayList<>();
        for (String text : texts) {
            if (!text.isBlank()) {
                rules.add(rule(text.strip()));
            }
        }
        return new PriorityRules(rules);
    }

    private static Rule rule(String text) {
        int equals = text.lastIndexOf('=');
        if (equals < 1) {
            throw new IllegalArgumentException("'" + text + "' is no priority rule; write GLOB=1..10.");
        }
        return new Rule(
                GlobList.of(List.of(text.substring(0, equals))),
                priority(text.substring(equals + 1).strip()));
    }

    /**
     * Reads a priority.
     *
     * @throws IllegalArgumentException with a sentence unless it is 1 to 10
     */
    public static int priority(String text) {
        if (!text.matches("[1-9]|10")) {
            throw new IllegalArgumentException("'" + text + "' is no priority; use 1 to 10, 10 first.");
        }
        return Integer.parseInt(text);
    }

    /** 5 when no rule matches. */
    public int of(String repository) {
        return rules.stream()
                .filter(rule -> rule.glob().matches(repository))
                .mapToInt(Rule::priority)
                .findFirst()
                .orElse(DEFAULT);
    }
}
