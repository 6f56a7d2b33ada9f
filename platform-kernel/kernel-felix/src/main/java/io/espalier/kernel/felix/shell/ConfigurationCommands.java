package io.espalier.kernel.felix.shell;

import static java.util.Objects.requireNonNull;

import io.espalier.kernel.felix.configuration.ConfigurationFiles;
import io.espalier.kernel.felix.configuration.ConfigurationView;
import java.io.IOException;
import java.util.stream.Stream;

/** The commands {@code config:list} and {@code config:set}. */
public final class ConfigurationCommands {
    private final ConfigurationFiles files;

    public ConfigurationCommands(ConfigurationFiles files) {
        this.files = requireNonNull(files, "files is null");
    }

    /** Every configuration with its values in force and all that is wrong with its file; also those without a file. */
    public String list() {
        StringBuilder text = new StringBuilder();
        files.list().forEach(one -> append(text, one));
        files.defaults().forEach(one -> append(text, one));
        files.strangers().forEach(stranger -> text.append("! ").append(stranger).append('\n'));
        return text.isEmpty() ? "There is no configuration file; create etc/<pid>.json." : text.toString();
    }

    /** The configurations whose name begins so. */
    public String list(String prefix) {
        StringBuilder text = new StringBuilder();
        Stream.concat(files.list().stream(), files.defaults().stream())
                .filter(one -> one.name().startsWith(prefix))
                .forEach(one -> append(text, one));
        if (text.isEmpty()) {
            throw new IllegalArgumentException("There is no configuration " + prefix + "; see config:list.");
        }
        return text.toString();
    }

    /** Writes one key into the file of a configuration, after a check. */
    public String set(String pid, String key, String value) throws IOException {
        // Gogo names the thread after the whole command line, and so would show a secret in logs and thread dumps.
        Thread.currentThread().setName("config:set");
        return files.set(pid, key, value);
    }

    private static void append(StringBuilder text, ConfigurationView one) {
        text.append(one.name())
                .append(" (")
                .append(one.file())
                .append("): ")
                .append(words(one))
                .append('\n');
        one.problems().forEach(problem -> text.append("  ! ").append(problem).append('\n'));
        one.values().forEach((key, value) -> text.append("  ")
                .append(key)
                .append(" = ")
                .append(shown(value))
                .append('\n'));
    }

    private static String words(ConfigurationView one) {
        return switch (one.state()) {
            case IN_FORCE -> "in force";
            case DEFAULTS -> "no such file, the defaults are in force";
            case UNDECLARED -> "in force, unchecked";
            case REJECTED ->
                one.values().isEmpty()
                        ? "rejected, and no earlier one is known to be right"
                        : "rejected, the last good one is in force";
        };
    }

    private static String shown(Object value) {
        return value instanceof String[] list ? String.join(", ", list) : String.valueOf(value);
    }
}
