package io.espalier.replication.harbor;

import static java.util.Objects.requireNonNull;

import io.espalier.harbor.node.HarborLogin;
import io.espalier.harbor.node.HarborNode;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BinaryOperator;

/** Reads the setting {@code harbors}: a line of {@code key=value} words for each. */
public final class HarborLines {
    private static final Set<String> KEYS = Set.of("name", "url", "user", "secret", "site", "insecure", "ca-file");
    private static final String EXAMPLE =
            "name=eu url=https://harbor.example user=robot$espalier secret=sealed:... [site=eu] [ca-file=FILE] [insecure=true]";

    private final BinaryOperator<String> secrets;

    /**
     * A reader that opens secrets.
     *
     * @param secrets opens one: the name of its setting, and what stands there
     */
    public HarborLines(BinaryOperator<String> secrets) {
        this.secrets = requireNonNull(secrets, "secrets is null");
    }

    /**
     * The Harbors in the order of their lines.
     *
     * @throws IllegalArgumentException with a sentence for every line that is wrong; no secret in it
     */
    public List<HarborNode> read(List<String> lines) {
        List<HarborNode> nodes = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            try {
                if (!lines.get(i).isBlank()) {
                    nodes.add(node(words(lines.get(i))));
                }
            } catch (IllegalArgumentException wrong) {
                problems.add("harbors, line " + (i + 1) + ": " + wrong.getMessage());
            }
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join(" ", problems));
        }
        return nodes;
    }

    private static Map<String, String> words(String line) {
        Map<String, String> words = new LinkedHashMap<>();
        for (String word : line.strip().split("\\s+", -1)) {
            int equals = word.indexOf('=');
            String key = equals < 0 ? "" : word.substring(0, equals);
            if (!KEYS.contains(key)) {
                throw new IllegalArgumentException("There is a word that is none of "
                        + KEYS.stream().sorted().toList() + "; write " + EXAMPLE + ".");
            }
            if (words.put(key, word.substring(equals + 1)) != null) {
                throw new IllegalArgumentException("The key " + key + " is given twice; give it once.");
            }
        }
        return words;
    }

    private HarborNode node(Map<String, String> words) {
        for (String key : List.of("name", "url", "user", "secret")) {
            if (words.getOrDefault(key, "").isEmpty()) {
                throw new IllegalArgumentException("The key " + key + " is missing; write " + EXAMPLE + ".");
            }
        }
        String name = words.getOrDefault("name", "");
        String secret = secrets.apply("harbors (secret of " + name + ")", words.getOrDefault("secret", ""));
        String insecure = words.getOrDefault("insecure", "false");
        if (!insecure.equals("true") && !insecure.equals("false")) {
            throw new IllegalArgumentException("The key insecure is '" + insecure + "'; use true or false.");
        }
        return new HarborNode(
                name,
                URI.create(words.getOrDefault("url", "")),
                new HarborLogin(words.getOrDefault("user", ""), secret),
                words.getOrDefault("site", ""),
                insecure.equals("true"),
                Optional.ofNullable(words.get("ca-file")).map(Path::of));
    }
}
