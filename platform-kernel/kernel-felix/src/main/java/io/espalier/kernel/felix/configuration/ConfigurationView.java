package io.espalier.kernel.felix.configuration;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A configuration as lists show it.
 *
 * @param file its file's name
 * @param state in force, rejected, or in force though nobody declares it
 * @param values those in force, secrets hidden
 * @param problems why the file as it is now is not in force, one sentence each
 */
public record ConfigurationView(
        String name, String file, State state, Map<String, Object> values, List<String> problems) {
    public ConfigurationView {
        values = new LinkedHashMap<>(values);
        problems = List.copyOf(problems);
    }

    /** What became of the file. */
    public enum State {
        IN_FORCE,
        /** There is no file; the plug-in that declares the PID runs with its defaults. */
        DEFAULTS,
        /** In force unchecked: no plug-in declares the PID. */
        UNDECLARED,
        /** Not in force; the values that were good before still are. */
        REJECTED
    }
}
