package io.espalier.kernel.budget;

import static java.util.Objects.requireNonNull;

import io.espalier.kernel.plugin.InstalledPlugin;
import java.time.Duration;
import java.util.Map;

/**
 * How long plug-ins may take, and how soon failed ones are tried again.
 *
 * @param start from the call of an activator to its return
 * @param stop the same for stopping
 * @param activation from the return of start until every component is active
 * @param configuredStart start budgets that the operator set, by plug-in name; they win over the manifest's
 * @param backoff the pauses between attempts
 */
public record Budgets(
        Duration start, Duration stop, Duration activation, Map<String, Duration> configuredStart, Backoff backoff) {
    public Budgets {
        positive(start, "start");
        positive(stop, "stop");
        positive(activation, "activation");
        configuredStart = Map.copyOf(configuredStart);
        configuredStart.forEach((name, budget) -> positive(budget, "start budget of " + name));
        requireNonNull(backoff, "backoff is null");
    }

    /** 10 s to start, 5 s to stop, 10 s until the components are active; pauses of 1 s doubling up to 5 min. */
    public static Budgets standard() {
        return new Budgets(
                Duration.ofSeconds(10), Duration.ofSeconds(5), Duration.ofSeconds(10), Map.of(), Backoff.standard());
    }

    /** The start budget of this plug-in: configured, else its manifest's, else the default. */
    public Duration startOf(InstalledPlugin plugin) {
        Duration configured = configuredStart.get(plugin.id().name());
        if (configured != null) {
            return configured;
        }
        Duration asked = plugin.startBudget();
        return asked == null ? start : asked;
    }

    private static void positive(Duration value, String name) {
        requireNonNull(value, name + " is null");
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException("The budget '" + name + "' is " + value + " but must be above zero.");
        }
    }
}
