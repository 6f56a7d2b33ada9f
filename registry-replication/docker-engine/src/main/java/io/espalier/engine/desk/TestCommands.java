package io.espalier.engine.desk;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Which command tests the images of which repository: {@code GLOB=WORDS}, the first that matches. */
public final class TestCommands {
    private final List<Rule> rules;

    private record Rule(Pattern repositories, List<String> words) {}

    private TestCommands(List<Rule> rules) {
        this.rules = List.copyOf(rules);
    }

    /**
     * Reads the configuration; blank texts are left out.
     *
     * @throws IllegalArgumentException with a sentence when one is not of that form
     */
    public static TestCommands parse(List<String> texts) {
        List<Rule> rules = new ArrayList<>();
        for (String text : texts) {
            if (text.isBlank()) {
                continue;
            }
            int equal = text.indexOf('=');
            List<String> words = words(text.substring(equal + 1));
            if (equal <= 0 || words.isEmpty()) {
                throw new IllegalArgumentException(
                        "commands has '" + text + "'; write GLOB=COMMAND, as shop/*=/bin/web --self-test.");
            }
            rules.add(new Rule(RepositoryGlobs.pattern(text.substring(0, equal).strip()), words));
        }
        return new TestCommands(rules);
    }

    /** Words divided by blanks; no shell reads them. */
    public static List<String> words(String text) {
        return Pattern.compile("\\s+")
                .splitAsStream(text.strip())
                .filter(word -> !word.isEmpty())
                .toList();
    }

    /** The command for a repository; empty when the image decides by itself. */
    public List<String> of(String repository) {
        return rules.stream()
                .filter(rule -> rule.repositories().matcher(repository).matches())
                .findFirst()
                .map(Rule::words)
                .orElse(List.of());
    }
}
