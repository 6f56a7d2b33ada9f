package io.espalier.kernel.felix.health;

import static java.util.Objects.requireNonNull;

import io.espalier.kernel.felix.runtime.Failures;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.felix.hc.api.Result;
import org.apache.felix.hc.api.ResultLog;
import org.apache.felix.hc.api.execution.HealthCheckExecutionOptions;
import org.apache.felix.hc.api.execution.HealthCheckExecutionResult;
import org.apache.felix.hc.api.execution.HealthCheckExecutor;
import org.apache.felix.hc.api.execution.HealthCheckSelector;
import org.jspecify.annotations.Nullable;

/** Runs the Felix health checks that plug-ins register. Each has two seconds; results are cached for as long. */
public final class HealthChecks {
    private static final int LIMIT_MILLIS = 2000;

    private final Supplier<@Nullable HealthCheckExecutor> executors;

    /**
     * Runs checks by the given executor.
     *
     * @param executors gives null while the health check bundle is not there
     */
    public HealthChecks(Supplier<@Nullable HealthCheckExecutor> executors) {
        this.executors = requireNonNull(executors, "executors is null");
    }

    /**
     * How a check went.
     *
     * @param status OK, WARN, TEMPORARILY_UNAVAILABLE, CRITICAL or HEALTH_CHECK_ERROR
     */
    public record Outcome(String name, List<String> tags, String status, String message) {
        public Outcome {
            tags = List.copyOf(tags);
        }

        /** Whether the check found nothing that forbids work. */
        public boolean ok() {
            return status.equals("OK") || status.equals("WARN");
        }

        boolean readiness() {
            return tags.stream().anyMatch(tag -> tag.equalsIgnoreCase("readiness"));
        }
    }

    /** Runs those with any of the tags, all of them when there are none. */
    public List<Outcome> run(List<String> tags) {
        HealthCheckExecutor executor = executors.get();
        if (executor == null) {
            return List.of();
        }
        try {
            HealthCheckSelector which =
                    tags.isEmpty() ? HealthCheckSelector.empty() : HealthCheckSelector.tags(tags.toArray(String[]::new));
            HealthCheckExecutionOptions options = new HealthCheckExecutionOptions()
                    .setOverrideGlobalTimeout(LIMIT_MILLIS)
                    .setCombineTagsWithOr(true);
            List<Outcome> outcomes = new ArrayList<>();
            for (HealthCheckExecutionResult result : executor.execute(which, options)) {
                outcomes.add(outcome(result));
            }
            return outcomes;
        } catch (RuntimeException | Error e) {
            return List.of(new Outcome("health checks", List.of("readiness"), "HEALTH_CHECK_ERROR", Failures.sentence(e)));
        }
    }

    private static Outcome outcome(HealthCheckExecutionResult result) {
        Result found = result.getHealthCheckResult();
        List<String> tags = result.getHealthCheckMetadata().getTags();
        return new Outcome(
                result.getHealthCheckMetadata().getTitle(),
                tags == null ? List.of() : tags,
                found.getStatus().name().toUpperCase(Locale.ROOT),
                message(found));
    }

    private static String message(Result result) {
        return StreamSupport.stream(result.spliterator(), false)
                .filter(entry -> !entry.isDebug())
                .map(HealthChecks::text)
                .collect(Collectors.joining(" "));
    }

    private static String text(ResultLog.Entry entry) {
        Exception cause = entry.getException();
        return cause == null ? entry.getMessage() : entry.getMessage() + " (" + Failures.sentence(cause) + ")";
    }
}
