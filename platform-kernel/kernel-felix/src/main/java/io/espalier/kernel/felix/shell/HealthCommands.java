package io.espalier.kernel.felix.shell;

import static java.util.Objects.requireNonNull;

import io.espalier.kernel.felix.health.HealthChecks;
import io.espalier.kernel.felix.health.Readiness;
import io.espalier.kernel.plugin.PluginView;

/** The command {@code health:check}. */
public final class HealthCommands {
    private final Readiness readiness;

    public HealthCommands(Readiness readiness) {
        this.readiness = requireNonNull(readiness, "readiness is null");
    }

    /**
     * Whether the kernel is ready, with every plug-in and every health check.
     *
     * @throws IllegalStateException with the same text when it is not, so that scripts can tell by the exit code
     */
    public String check() {
        Readiness.Report report = readiness.report();
        Table table = new Table("WHAT", "STATE", "MESSAGE");
        for (PluginView plugin : report.plugins()) {
            table.row(
                    plugin.id().name(),
                    plugin.state().word(),
                    plugin.reason().lines().findFirst().orElse(""));
        }
        for (HealthChecks.Outcome check : report.checks()) {
            table.row(check.name(), check.status(), check.message());
        }
        StringBuilder text = new StringBuilder(state(report)).append('\n').append(table);
        report.problems().forEach(problem -> text.append("! ").append(problem).append('\n'));
        if (!report.ready()) {
            throw new IllegalStateException(text.toString().stripTrailing());
        }
        return text.toString();
    }

    /** Who waits for the kernel reads this line: docs/operations.md. */
    private static String state(Readiness.Report report) {
        if (report.ready()) {
            return "READY";
        }
        return report.hopeless() ? "NOT READY until somebody mends what is rejected" : "NOT READY";
    }
}
