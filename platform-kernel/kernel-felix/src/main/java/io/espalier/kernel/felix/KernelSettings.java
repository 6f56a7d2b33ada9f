package io.espalier.kernel.felix;

import static io.espalier.kernel.config.ConfigType.INTEGER;
import static io.espalier.kernel.config.ConfigType.STRING;

import io.espalier.kernel.budget.Backoff;
import io.espalier.kernel.budget.Budgets;
import io.espalier.kernel.config.ConfigCheck;
import io.espalier.kernel.config.ConfigKey;
import io.espalier.kernel.config.ConfigSchema;
import io.espalier.kernel.felix.configuration.ConfigurationFiles;
import io.espalier.kernel.felix.configuration.ConfigurationView;
import java.time.Duration;
import java.util.Map;

/**
 * The kernel's own configuration, {@code etc/kernel.json}. It is read when the kernel starts; a change takes effect with the
 * next start.
 */
record KernelSettings(String host, int port, Budgets budgets, Duration leakDelay) {
    static final String PID = "kernel";
    static final ConfigSchema SCHEMA = ConfigSchema.of(
            ConfigKey.optional("endpoint-host", STRING, "Where health and metrics listen.")
                    .withDefault("127.0.0.1"),
            ConfigKey.optional("endpoint-port", INTEGER, "Its port; 0 for any that is free.")
                    .withDefault("8482")
                    .between(0, 65_535),
            seconds("start-budget-seconds", "10", "How long a plug-in's start may take."),
            seconds("stop-budget-seconds", "5", "How long a plug-in's stop may take."),
            seconds(
                    "activation-budget-seconds",
                    "10",
                    "How long after its start its components may take to be active."),
            seconds("retry-first-seconds", "1", "The pause before a failed plug-in is tried again; it doubles."),
            seconds("retry-longest-seconds", "300", "The longest such pause."),
            seconds("leak-delay-seconds", "5", "How long after a plug-in's removal what is left of it is looked for."));

    /** What is in force; the defaults if the file is bad and no good form of it is known. */
    static KernelSettings of(ConfigurationFiles files) {
        Map<String, Object> values = files.list().stream()
                .filter(one -> one.name().equals(PID))
                .filter(one -> one.state() == ConfigurationView.State.IN_FORCE
                        || (one.state() == ConfigurationView.State.REJECTED
                                && !one.values().isEmpty()))
                .findFirst()
                .map(ConfigurationView::values)
                .orElseGet(KernelSettings::defaults);
        return of(values);
    }

    private static KernelSettings of(Map<String, Object> values) {
        Duration first = duration(values, "retry-first-seconds");
        Duration longest = duration(values, "retry-longest-seconds");
        Budgets budgets = new Budgets(
                duration(values, "start-budget-seconds"),
                duration(values, "stop-budget-seconds"),
                duration(values, "activation-budget-seconds"),
                Map.of(),
                new Backoff(first, longest.compareTo(first) < 0 ? first : longest));
        return new KernelSettings(
                String.valueOf(values.get("endpoint-host")),
                number(values, "endpoint-port"),
                budgets,
                duration(values, "leak-delay-seconds"));
    }

    private static Map<String, Object> defaults() {
        if (ConfigCheck.check(PID, Map.<String, Object>of(), SCHEMA) instanceof ConfigCheck.Accepted accepted) {
            return accepted.values();
        }
        throw new IllegalStateException("The kernel's own defaults do not pass their check.");
    }

    private static ConfigKey seconds(String name, String standard, String what) {
        return ConfigKey.optional(name, INTEGER, what + " Seconds.")
                .withDefault(standard)
                .between(1, 86_400);
    }

    private static Duration duration(Map<String, Object> values, String key) {
        return Duration.ofSeconds(number(values, key));
    }

    private static int number(Map<String, Object> values, String key) {
        if (values.get(key) instanceof Number number) {
            return number.intValue();
        }
        throw new IllegalStateException("The kernel's key " + key + " has no number.");
    }
}
