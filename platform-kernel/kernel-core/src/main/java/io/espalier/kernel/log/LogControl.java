package io.espalier.kernel.log;

import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Reads and steers the program's log; the launcher offers it as a service. Safe for use by many threads. */
public interface LogControl {
    /**
     * The last lines as written to the log file, oldest first.
     *
     * @param lines how many at the most, 1 to 10,000
     */
    List<String> tail(int lines);

    /** The loggers with a level of their own, name to level. */
    Map<String, String> levels();

    /**
     * Sets a logger's level from now until the program ends.
     *
     * @throws IllegalArgumentException with a sentence, when the level is none of OFF, ERROR, WARN, INFO, DEBUG, TRACE
     */
    void setLevel(String logger, String level);

    /**
     * Says how to name the plug-in a thread works for, given the thread's own idea of it; called for each event that is
     * logged, on the logging thread.
     */
    void namePluginsBy(UnaryOperator<String> namer);
}
