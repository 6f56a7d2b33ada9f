package io.espalier.kernel.config;

import io.espalier.kernel.suggest.Suggestion;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks configuration as written against what is declared; finds every mistake at once. */
public final class ConfigCheck {
    /** Keys that Config Admin itself adds. */
    private static final Set<String> SERVICE_KEYS =
            Set.of("service.pid", "service.factoryPid", "service.bundleLocation", "component.name", "component.id");

    private ConfigCheck() {}

    /** Either all is well or all that is not. */
    public sealed interface Result {}

    /**
     * Every declared key that has a value or a default, with values of the declared types: String, Integer, Long, Double,
     * Boolean, {@code String[]}, {@link Secret}.
     */
    public record Accepted(Map<String, Object> values) implements Result {
        public Accepted {
            values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
        }

        /** The same with secrets as plain text: for the plug-in itself, never for a log. */
        public Map<String, Object> revealed() {
            var plain = new LinkedHashMap<String, Object>(values);
            plain.replaceAll((key, value) -> value instanceof Secret secret ? secret.reveal() : value);
            return plain;
        }
    }

    /** One sentence for each problem. */
    public record Rejected(List<String> problems) implements Result {
        public Rejected {
            problems = List.copyOf(problems);
        }
    }

    /**
     * Checks one configuration.
     *
     * @param pid named in every sentence
     * @param raw as read from JSON (String, Number, Boolean, List, array) or from the environment (String); null values
     *     count as not given
     */
    public static Result check(String pid, Map<String, ? extends @Nullable Object> raw, ConfigSchema schema) {
        var problems = new ArrayList<String>();
        var values = new LinkedHashMap<String, Object>();
        for (String name : raw.keySet()) {
            if (!schema.keys().containsKey(name) && !SERVICE_KEYS.contains(name)) {
                problems.add(pid + ": unknown key '" + name + "'; " + Suggestion.hint(name, schema.names()));
            }
        }
        for (ConfigKey key : schema.keys().values()) {
            Object given = raw.get(key.name());
            Object effective = given == null ? key.defaultValue() : given;
            if (effective != null) {
                check(pid, key, effective, values, problems);
            } else if (key.required()) {
                problems.add(pid + ": the key '" + key.name() + "' is missing; give it " + allowed(key) + ".");
            }
        }
        return problems.isEmpty() ? new Accepted(values) : new Rejected(problems);
    }

    /** What to say of a configuration that nobody asks for. */
    public static String unknownPid(String pid, Collection<String> known) {
        return "Nothing is configured by '" + pid + "'; " + Suggestion.hint(pid, known);
    }

    private static void check(
            String pid, ConfigKey key, Object given, Map<String, Object> values, List<String> problems) {
        try {
            Object value = ConfigValues.convert(key.type(), given);
            if (ConfigValues.isAllowed(key, value)) {
                values.put(key.name(), value);
                return;
            }
        } catch (IllegalArgumentException otherType) {
            // Said below, in the same words as any other bad value.
        }
        String shown = key.type() == ConfigType.SECRET ? "(hidden)" : "'" + ConfigValues.text(given) + "'";
        problems.add(pid + ": '" + key.name() + "' is " + shown + " but must be " + allowed(key) + ".");
    }

    private static String allowed(ConfigKey key) {
        var words = new StringBuilder(key.type().words());
        if (!key.allowed().isEmpty()) {
            words = new StringBuilder(key.type() == ConfigType.STRINGS ? "a list of " : "one of ");
            words.append(String.join(", ", key.allowed()));
        }
        String unit = key.type() == ConfigType.STRINGS ? " elements" : "";
        Double min = key.min();
        Double max = key.max();
        if (min != null && max != null) {
            words.append(" from ")
                    .append(number(min))
                    .append(" to ")
                    .append(number(max))
                    .append(unit);
        } else if (min != null) {
            words.append(", at least ").append(number(min)).append(unit);
        } else if (max != null) {
            words.append(", at most ").append(number(max)).append(unit);
        }
        return words.toString();
    }

    private static String number(double bound) {
        return bound == Math.rint(bound) && Math.abs(bound) < 1e18
                ? Long.toString((long) bound)
                : Double.toString(bound);
    }
}
