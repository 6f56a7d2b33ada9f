package io.espalier.engine.node;

import static java.util.Objects.requireNonNull;

import io.espalier.engine.check.EngineException;
import io.espalier.engine.check.EngineFacts;
import io.espalier.engine.check.SmokeRules;
import io.espalier.engine.desk.Purpose;
import io.espalier.engine.desk.TestOrder;
import io.espalier.engine.desk.TestResult;
import io.espalier.registry.client.RegistryClient;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.name.RepositoryName;
import io.espalier.registry.name.TagName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The shell's {@code engine:} commands, without a shell: words in, text out; failures are sentences. Thread-safe. */
public final class EngineConsole {
    private static final String TEST = "engine:test REPOSITORY:TAG [--gate] [--command WORDS...]";
    private static final String LOGS = "engine:logs TEST|REPOSITORY:TAG";
    private static final int LISTED = 20;

    private final EngineNode node;

    EngineConsole(EngineNode node) {
        this.node = requireNonNull(node, "node is null");
    }

    /** {@code engine:status}: the engine, what it is used for, tests under way and the newest results. */
    public String status() {
        StringBuilder text = new StringBuilder(engine());
        text.append('\n')
                .append("Arrivals: ")
                .append(node.settings().arrivals().word())
                .append(". Release gate: ")
                .append(node.settings().gate() ? "on" : "off")
                .append(".\n");
        node.desk().waiting().forEach(line -> text.append("  ").append(line).append('\n'));
        List<TestResult> results = node.desk().results(LISTED);
        if (!results.isEmpty()) {
            text.append(
                    String.format(Locale.ROOT, "%-9s %-20s %-8s %-9s %s%n", "TEST", "AT", "FOR", "RESULT", "IMAGE"));
        }
        for (TestResult result : results) {
            text.append(String.format(
                    Locale.ROOT,
                    "%-9s %-20.19s %-8s %-9s %s: %s%n",
                    result.id(),
                    result.at(),
                    result.purpose().name().toLowerCase(Locale.ROOT),
                    result.outcome().name().toLowerCase(Locale.ROOT),
                    result.image(),
                    result.sentence()));
        }
        return text.toString().stripTrailing();
    }

    private String engine() {
        try {
            EngineFacts facts = node.facts();
            return "Docker engine " + facts.version() + " for " + facts.platform() + " at " + node.address() + ".";
        } catch (EngineException e) {
            return e.sentence();
        }
    }

    /**
     * {@code engine:test shop/web:1.0}: tests an image of the node's registry now. With {@code --gate} by the rules of the release gate,
     * which takes the result as its verdict; with {@code --command} by a command, which takes all words that follow.
     */
    public String test(List<String> words) throws InterruptedException {
        List<String> plain = new ArrayList<>(words);
        List<String> command = List.of();
        int at = plain.indexOf("--command");
        if (at >= 0) {
            command = List.copyOf(plain.subList(at + 1, plain.size()));
            plain = new ArrayList<>(plain.subList(0, at));
        }
        boolean gate = plain.remove("--gate");
        if (plain.size() != 1 || (at >= 0 && command.isEmpty()) || (gate && at >= 0)) {
            throw new IllegalArgumentException(
                    "The command takes one image, and a command or --gate; write " + TEST + ".");
        }
        TestResult result = node.desk().now(order(plain.get(0), gate, command));
        return result.image() + " " + result.outcome().name().toLowerCase(Locale.ROOT) + " after "
                + String.format(Locale.ROOT, "%.1f s", result.tookMillis() / 1000.0) + ": " + result.sentence()
                + "\nTest " + result.id() + "; engine:logs " + result.id() + " shows what it printed.";
    }

    private TestOrder order(String image, boolean gate, List<String> command) {
        int colon = image.lastIndexOf(':');
        if (colon <= 0) {
            throw new IllegalArgumentException("'" + image + "' is no image; write REPOSITORY:TAG.");
        }
        RepositoryName repository = RepositoryName.of(image.substring(0, colon));
        TagName tag = TagName.of(image.substring(colon + 1));
        RegistryClient registry = node.registry()
                .orElseThrow(() -> new IllegalStateException(
                        "The node's relay does not run, so there is no registry to load from; see relay:status."));
        Purpose purpose = gate ? Purpose.GATE : Purpose.HAND;
        SmokeRules rules = node.settings().rulesFor(repository.value(), purpose);
        if (!command.isEmpty()) {
            rules = new SmokeRules(command, rules.timeLimit(), rules.stayUp(), false, rules.limits());
        }
        try {
            String digest = registry.digestOf(repository, tag)
                    .orElseThrow(() -> new IllegalArgumentException("Image " + image + " is not in the registry "
                            + registry.endpoint().uri() + "."))
                    .toString();
            return new TestOrder(purpose, repository.value(), tag.value(), digest, rules, true, false);
        } catch (RegistryException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    /** {@code engine:logs}: what an image printed in a test, the last 64 KiB. */
    public String logs(List<String> words) throws IOException {
        if (words.size() != 1) {
            throw new IllegalArgumentException("The command takes one test or image; write " + LOGS + ".");
        }
        TestResult result = node.desk()
                .find(words.get(0))
                .orElseThrow(() -> new IllegalArgumentException(
                        "There is no test '" + words.get(0) + "'; engine:status lists the newest."));
        String head = result.image() + " (" + result.digest() + "), test " + result.id() + ", "
                + result.outcome().name().toLowerCase(Locale.ROOT) + ": " + result.sentence();
        return node.desk()
                .output(result)
                .map(output -> head + "\n" + printable(output))
                .orElse(head + "\nIt printed nothing, or its log is no longer kept.");
    }

    /** An image may print what moves a terminal's cursor. */
    private static String printable(String output) {
        return output.lines()
                .map(line -> line.replaceAll("[\\p{Cntrl}&&[^\t]]", "?"))
                .collect(Collectors.joining("\n"));
    }
}
