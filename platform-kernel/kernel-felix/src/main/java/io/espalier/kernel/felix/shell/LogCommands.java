package io.espalier.kernel.felix.shell;

import static java.util.Objects.requireNonNull;

import io.espalier.kernel.log.LogControl;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The commands {@code log:tail} and {@code log:level}. */
public final class LogCommands {
    private static final int MOST_LINES = 10_000;

    private final Supplier<@Nullable LogControl> logs;

    public LogCommands(Supplier<@Nullable LogControl> logs) {
        this.logs = requireNonNull(logs, "logs is null");
    }

    /** The last 50 lines of the log. */
    public String tail() {
        return tail(50);
    }

    /** The last lines of the log. */
    public String tail(int lines) {
        if (lines < 1 || lines > MOST_LINES) {
            throw new IllegalArgumentException("log:tail shows 1 to " + MOST_LINES + " lines, not " + lines + ".");
        }
        return String.join("\n", log().tail(lines));
    }

    /** The loggers that have a level of their own. */
    public String level() {
        Table table = new Table("LOGGER", "LEVEL");
        for (Map.Entry<String, String> level : new TreeMap<>(log().levels()).entrySet()) {
            table.row(level.getKey(), level.getValue());
        }
        return table.toString();
    }

    /** Sets a logger's level until the program ends. */
    public String level(String logger, String level) {
        log().setLevel(logger, level);
        return "Logger " + logger + " logs " + level + " and above until the program ends.";
    }

    private LogControl log() {
        LogControl found = logs.get();
        if (found == null) {
            throw new IllegalArgumentException("The launcher offers no log control; read the files in the log folder.");
        }
        return found;
    }
}
