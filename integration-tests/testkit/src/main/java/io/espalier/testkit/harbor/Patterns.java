package io.espalier.testkit.harbor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.regex.Pattern;

/** Filters of policies: {@code *} within a part, {@code **} over parts, {@code {a,b}} for either. */
final class Patterns {
    private Patterns() {}

    static boolean select(ObjectNode policy, String type, String text) {
        for (JsonNode filter : policy.path("filters")) {
            if (filter.path("type").asText().equals(type)) {
                boolean matches =
                        regex(filter.path("value").asText()).matcher(text).matches();
                if (matches == filter.path("decoration").asText().equals("excludes")) {
                    return false;
                }
            }
        }
        return true;
    }

    /** A filter of labels selects what has all of its labels, or with {@code excludes} what has not. */
    static boolean selectLabels(ObjectNode policy, Collection<String> labels) {
        for (JsonNode filter : policy.path("filters")) {
            if (filter.path("type").asText().equals("label")) {
                boolean all = true;
                for (JsonNode label : filter.path("value")) {
                    all &= labels.contains(label.asText());
                }
                if (all == filter.path("decoration").asText().equals("excludes")) {
                    return false;
                }
            }
        }
        return true;
    }

    private static Pattern regex(String glob) {
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < glob.length(); i++) {
            char c = glob.charAt(i);
            if (c == '*' && i + 1 < glob.length() && glob.charAt(i + 1) == '*') {
                regex.append(".*");
                i++;
            } else {
                switch (c) {
                    case '*' -> regex.append("[^/]*");
                    case '?' -> regex.append("[^/]");
                    case '{' -> regex.append("(?:");
                    case '}' -> regex.append(')');
                    case ',' -> regex.append('|');
                    default -> regex.append(Pattern.quote(String.valueOf(c)));
                }
            }
        }
        return Pattern.compile(regex.toString());
    }
}
