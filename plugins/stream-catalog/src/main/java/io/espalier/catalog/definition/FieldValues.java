package io.espalier.catalog.definition;

import static java.util.Objects.requireNonNull;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Named values of unknown kinds; each read gives the value, or {@code null} and notes a problem where it does not fit. */
final class FieldValues {
    private static final int SHOWN_CHARS = 80;

    private final Map<String, ? extends @Nullable Object> values;
    private final List<Problem> problems = new ArrayList<>();

    FieldValues(Map<String, ? extends @Nullable Object> values) {
        this.values = requireNonNull(values, "values is null");
    }

    List<Problem> problems() {
        return problems;
    }

    void problem(String field, String sentence) {
        problems.add(new Problem(field, sentence));
    }

    void refuseAllBut(List<String> known) {
        for (String name : values.keySet()) {
            if (!known.contains(name)) {
                String near = Spelling.nearest(name, known);
                problem(
                        shown(name),
                        "There is no field '" + shown(name) + "'; "
                                + (near == null
                                        ? "the fields are " + String.join(", ", known) + "."
                                        : "did you mean " + near + "?"));
            }
        }
    }

    @Nullable
    String text(String name, int maxChars) {
        Object value = value(name);
        if (value == null) {
            return null;
        }
        if (!(value instanceof String text)) {
            problem(name, name + " is " + kind(value) + "; write a text.");
            return null;
        }
        if (text.length() > maxChars) {
            problem(name, name + " has " + text.length() + " characters; use at most " + maxChars + ".");
            return null;
        }
        return text;
    }

    @Nullable
    String oneOf(String name, List<String> choices) {
        String text = text(name, 1_000);
        if (text == null || choices.contains(text)) {
            return text;
        }
        String near = Spelling.nearest(text, choices);
        problem(
                name,
                name + " is '" + shown(text) + "'; use " + String.join(" or ", choices)
                        + (near == null ? "." : " (did you mean " + near + "?)."));
        return null;
    }

    @Nullable
    Integer wholeInt(String name, int min, int max) {
        Long value = whole(name, min, max);
        return value == null ? null : Math.toIntExact(value);
    }

    @Nullable
    Long whole(String name, long min, long max) {
        Object value = value(name);
        if (value == null) {
            return null;
        }
        boolean isWhole = value instanceof Integer || value instanceof Long || value instanceof BigInteger;
        if (!isWhole) {
            problem(name, name + " is " + kind(value) + "; write a whole number " + range(min, max) + ".");
            return null;
        }
        BigInteger number = new BigInteger(value.toString());
        if (number.compareTo(BigInteger.valueOf(min)) < 0 || number.compareTo(BigInteger.valueOf(max)) > 0) {
            problem(name, name + " is " + shown(number.toString()) + "; use a whole number " + range(min, max) + ".");
            return null;
        }
        return number.longValueExact();
    }

    @Nullable
    List<String> texts(String name, int maxSize) {
        Object value = value(name);
        if (value == null) {
            return null;
        }
        if (!(value instanceof Collection<?> items)) {
            problem(name, name + " is " + kind(value) + "; write a list of texts.");
            return null;
        }
        if (items.size() > maxSize) {
            problem(name, name + " has " + items.size() + " entries; use at most " + maxSize + ".");
            return null;
        }
        List<String> texts = new ArrayList<>();
        for (Object item : items) {
            if (!(item instanceof String text)) {
                problem(name, name + " holds " + kind(item) + "; write a list of texts.");
                return null;
            }
            texts.add(text);
        }
        return texts;
    }

    private @Nullable Object value(String name) {
        Object value = values.get(name);
        if (value == null && values.containsKey(name)) {
            problem(name, name + " is null; give it a value or leave it out.");
        }
        return value;
    }

    private static String range(long min, long max) {
        return max == Long.MAX_VALUE ? "of at least " + min : "from " + min + " to " + max;
    }

    private static String kind(@Nullable Object value) {
        if (value == null) {
            return "null";
        } else if (value instanceof String text) {
            return "the text '" + shown(text) + "'";
        } else if (value instanceof Number) {
            return "the number " + shown(value.toString());
        } else if (value instanceof Boolean) {
            return "the truth value " + value;
        } else {
            return value instanceof Collection ? "a list" : "an object";
        }
    }

    /** Short enough for a message, whatever a client sent. */
    static String shown(String text) {
        String line = text.codePoints()
                .limit(SHOWN_CHARS)
                .map(c -> Character.isISOControl(c) ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return line.length() < text.length() ? line + "..." : line;
    }
}
