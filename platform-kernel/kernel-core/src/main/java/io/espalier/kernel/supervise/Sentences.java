package io.espalier.kernel.supervise;

import io.espalier.kernel.plugin.Diagnosis;
import io.espalier.kernel.plugin.Explanation;
import io.espalier.kernel.plugin.InstalledPlugin;
import io.espalier.kernel.plugin.PluginException;
import io.espalier.kernel.plugin.PluginId;
import io.espalier.kernel.plugin.PluginState;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Says in words what the supervisor knows. */
final class Sentences {
    private Sentences() {}

    static PluginState.Cause causeOf(Throwable thrown) {
        if (!(thrown instanceof PluginException refusal)) {
            return PluginState.Cause.THREW;
        }
        return switch (refusal.code()) {
            case UNRESOLVED -> PluginState.Cause.UNRESOLVED;
            case THREW -> PluginState.Cause.THREW;
            case UNUSABLE_JAR, DUPLICATE, UNKNOWN, REFUSED, MISCONFIGURED -> PluginState.Cause.REFUSED;
        };
    }

    static String reasonOf(Throwable thrown) {
        String message = thrown.getMessage();
        return thrown instanceof PluginException && message != null
                ? message
                : "Its start threw " + thrown + "; mend the plug-in.";
    }

    static String overBudget(Duration budget, String stack) {
        String standsAt = stack.lines().skip(1).findFirst().orElse("").trim();
        return "Its start did not return within its budget of " + text(budget) + " and was interrupted"
                + (standsAt.isEmpty() ? "" : " (it stood " + standsAt + ")")
                + "; make it quicker or raise its start budget.";
    }

    static String unresolved(List<String> missing) {
        return missing.isEmpty() ? "Something that it needs to be wired is missing." : joined(missing.stream());
    }

    static String misconfigured(List<String> problems) {
        return String.join(" ", problems);
    }

    static String unsatisfied(List<Diagnosis.Component> components) {
        if (components.isEmpty()) {
            return "It has not finished starting.";
        }
        return joined(components.stream().map(Sentences::reason));
    }

    private static String reason(Diagnosis.Component component) {
        String name = "Component " + component.name();
        return component.reason().startsWith(name) ? component.reason() : name + ": " + component.reason();
    }

    /** One sentence, with the stack where there is one. */
    static Explanation explain(InstalledPlugin plugin, PluginState state) {
        PluginId id = plugin.id();
        String name = id + " " + plugin.version();
        String since = " since " + text(state.since());
        if (state instanceof PluginState.Quarantined q) {
            return new Explanation(
                    name + " is quarantined" + since + ", after " + attempts(q.attempts()) + ": " + inner(q.reason())
                            + "; it is tried again at " + text(q.nextRetry()) + ", " + sooner(q.cause())
                            + "or at once with 'plugin:restart " + id + "'.",
                    q.stack());
        }
        if (state instanceof PluginState.StuckStopping stuck) {
            return new Explanation(
                    name + " hangs in its stop" + since
                            + " and was given up; what waits for it follows when the stop returns, else restart the"
                            + " program and mend the plug-in's stop.",
                    stuck.stack());
        }
        return new Explanation(name + simple(state, since, id), null);
    }

    private static String simple(PluginState state, String since, PluginId id) {
        if (state instanceof PluginState.Waiting waiting) {
            return " is started but not active" + since + ": " + inner(unsatisfied(waiting.components()))
                    + "; if that does not come by " + text(waiting.until()) + " it is quarantined.";
        }
        if (state instanceof PluginState.Held held) {
            return " is held back" + since + ": " + inner(held.reason())
                    + "; it starts by itself as soon as that is mended.";
        }
        if (state instanceof PluginState.Active) {
            return " is active" + since + "; nothing is missing.";
        }
        if (state instanceof PluginState.Starting) {
            return " is starting" + since + "; wait, or look again after its start budget.";
        }
        if (state instanceof PluginState.Stopping) {
            return " is stopping" + since + "; wait, or look again after its stop budget.";
        }
        if (state instanceof PluginState.Installed) {
            return " is installed" + since + " and its start is next.";
        }
        return " is stopped" + since + "; start it with 'plugin:restart " + id + "'.";
    }

    private static String sooner(PluginState.Cause cause) {
        return switch (cause) {
            case UNRESOLVED, NEVER_ACTIVE -> "as soon as what is missing arrives, ";
            case THREW, OVER_BUDGET, REFUSED -> "";
        };
    }

    private static String attempts(int attempts) {
        return attempts == 1 ? "1 failed attempt" : attempts + " failed attempts";
    }

    /** Several sentences as one. */
    private static String joined(Stream<String> sentences) {
        return sentences.map(Sentences::inner).collect(Collectors.joining("; ", "", "."));
    }

    /** A sentence made to stand inside another. */
    private static String inner(String sentence) {
        return sentence.strip().replaceAll("\\s*\\R\\s*", " ").replaceFirst("\\.$", "");
    }

    private static String text(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    static String text(Duration duration) {
        long millis = duration.toMillis();
        return millis % 1000 == 0 ? millis / 1000 + " s" : millis + " ms";
    }
}
