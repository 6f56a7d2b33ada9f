package io.espalier.kernel.config;

import io.espalier.kernel.suggest.Suggestion;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Environment variables {@code ESPALIER_<PID>__<KEY>} that win over configuration files: upper case, and {@code _} for
 * whatever is neither letter nor digit. {@code ESPALIER_STREAM_GATEWAY__QUEUE_BYTES} is {@code queue-bytes} of
 * {@code stream.gateway}.
 */
public final class EnvironmentOverrides {
    private static final String PREFIX = "ESPALIER_";
    private static final String SEPARATOR = "__";

    private final Map<String, String> variables = new TreeMap<>();

    /** Keeps what begins with {@code ESPALIER_} and holds {@code __}; other variables are nobody's mistake. */
    public EnvironmentOverrides(Map<String, String> environment) {
        environment.forEach((name, value) -> {
            if (name.startsWith(PREFIX) && name.indexOf(SEPARATOR, PREFIX.length() + 1) > 0) {
                variables.put(name, value);
            }
        });
    }

    /**
     * A configuration with its overrides.
     *
     * @param values as in the file, overridden where a variable says so
     * @param overridden the keys that a variable set
     * @param problems one sentence for each variable of this PID that fits no key
     */
    public record Overridden(Map<String, @Nullable Object> values, Set<String> overridden, List<String> problems) {}

    /** Applies the variables of one PID. */
    public Overridden apply(String pid, Map<String, ? extends @Nullable Object> file, ConfigSchema schema) {
        var values = new LinkedHashMap<String, @Nullable Object>(file);
        var overridden = new LinkedHashSet<String>();
        var problems = new ArrayList<String>();
        String prefix = PREFIX + variable(pid) + SEPARATOR;
        variables.forEach((name, value) -> {
            if (name.startsWith(prefix)) {
                List<String> keys = keys(schema, name.substring(prefix.length()));
                if (keys.size() == 1) {
                    values.put(keys.get(0), value);
                    overridden.add(keys.get(0));
                } else {
                    problems.add(problem(pid, name, keys, schema));
                }
            }
        });
        return new Overridden(values, overridden, problems);
    }

    /** Whether a variable is there for some key of the PID. */
    public boolean touches(String pid) {
        String prefix = PREFIX + variable(pid) + SEPARATOR;
        return variables.keySet().stream().anyMatch(name -> name.startsWith(prefix));
    }

    /** Whether a variable sets this key, so that the file's value does not count. */
    public boolean sets(String pid, String key) {
        return variables.containsKey(name(pid, key));
    }

    /** One sentence for each variable whose PID is none of these. */
    public List<String> strangers(Collection<String> pids) {
        return variables.keySet().stream()
                .filter(name -> pids.stream().noneMatch(pid -> name.startsWith(PREFIX + variable(pid) + SEPARATOR)))
                .map(name -> {
                    String pid = name.substring(PREFIX.length(), name.indexOf(SEPARATOR, PREFIX.length() + 1));
                    return "The environment variable " + name + " fits no configuration; " + Suggestion.hint(pid, pids);
                })
                .toList();
    }

    /** The variable that overrides the key of the PID. */
    public static String name(String pid, String key) {
        return PREFIX + variable(pid) + SEPARATOR + variable(key);
    }

    private static String variable(String text) {
        return text.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
    }

    private static List<String> keys(ConfigSchema schema, String variable) {
        return schema.names().stream()
                .filter(key -> variable(key).equals(variable))
                .toList();
    }

    private static String problem(String pid, String name, List<String> keys, ConfigSchema schema) {
        if (keys.isEmpty()) {
            String key = name.substring(name.indexOf(SEPARATOR, PREFIX.length() + 1) + SEPARATOR.length());
            return pid + ": the environment variable " + name + " fits no key; " + Suggestion.hint(key, schema.names());
        }
        return pid + ": the environment variable " + name + " fits more than one key (" + String.join(", ", keys)
                + "); set these in the file.";
    }
}
