package io.espalier.kernel.felix.health;

import static java.util.Objects.requireNonNull;

import io.espalier.kernel.felix.runtime.Failures;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.felix.hc.api.HealthCheck;
import org.apache.felix.hc.api.Result;
import org.apache.felix.hc.api.ResultLog;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/**
 * Runs the Felix health checks that plug-ins register (services with {@code hc.name} and {@code hc.tags}), each on a thread of
 * its own. All together have two seconds; one that takes longer is reported so and not started again before it has ended. The
 * executor of Felix's own health check bundle is not used, since that bundle drags in the servlet API.
 */
public final class HealthChecks {
    private static final Duration LIMIT = Duration.ofSeconds(2);

    private final BundleContext context;
    private final ThreadFactory threads;
    private final Map<ServiceReference<HealthCheck>, Future<Result>> running = new ConcurrentHashMap<>();

    /** Runs checks on threads of the factory. */
    public HealthChecks(BundleContext context, ThreadFactory threads) {
        this.context = requireNonNull(context, "context is null");
        this.threads = requireNonNull(threads, "threads is null");
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

    /** Runs all. */
    public List<Outcome> run() {
        long end = System.nanoTime() + LIMIT.toNanos();
        List<ServiceReference<HealthCheck>> checks = checks();
        // Others may ask at the same time and share these; whoever sees one end first takes it out.
        Map<ServiceReference<HealthCheck>, Future<Result>> asked = new LinkedHashMap<>();
        checks.forEach(check -> asked.put(check, running.computeIfAbsent(check, this::begin)));
        List<Outcome> outcomes = asked.entrySet().stream()
                .map(check -> await(check.getKey(), check.getValue(), end))
                .sorted(Comparator.comparing(Outcome::name))
                .toList();
        running.keySet().retainAll(checks);
        return outcomes;
    }

    private List<ServiceReference<HealthCheck>> checks() {
        try {
            return List.copyOf(context.getServiceReferences(HealthCheck.class, null));
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException("No filter cannot be malformed.", e);
        }
    }

    private Future<Result> begin(ServiceReference<HealthCheck> reference) {
        FutureTask<Result> task = new FutureTask<>(() -> execute(reference));
        threads.newThread(task).start();
        return task;
    }

    private Result execute(ServiceReference<HealthCheck> reference) {
        HealthCheck check = context.getService(reference);
        if (check == null) {
            return new Result(Result.Status.TEMPORARILY_UNAVAILABLE, "The check is going away.");
        }
        try {
            return check.execute();
        } finally {
            context.ungetService(reference);
        }
    }

    private Outcome await(ServiceReference<HealthCheck> reference, Future<Result> task, long end) {
        try {
            Result result = task.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
            running.remove(reference, task);
            return result == null
                    ? outcome(reference, "HEALTH_CHECK_ERROR", "The check returned no result.")
                    : outcome(reference, result.getStatus().name(), message(result));
        } catch (TimeoutException slow) {
            return outcome(
                    reference,
                    "CRITICAL",
                    "The check has not answered within " + LIMIT.toSeconds() + " s and still runs.");
        } catch (ExecutionException e) {
            running.remove(reference, task);
            Throwable cause = e.getCause();
            return outcome(reference, "HEALTH_CHECK_ERROR", Failures.sentence(cause == null ? e : cause));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return outcome(reference, "TEMPORARILY_UNAVAILABLE", "The kernel is stopping.");
        }
    }

    private static Outcome outcome(ServiceReference<HealthCheck> reference, String status, String message) {
        return new Outcome(name(reference), tags(reference.getProperty(HealthCheck.TAGS)), status, message);
    }

    private static String name(ServiceReference<HealthCheck> reference) {
        Object name = reference.getProperty(HealthCheck.NAME);
        return name == null ? "health check " + reference.getProperty("service.id") : name.toString();
    }

    private static List<String> tags(Object property) {
        if (property instanceof String[] several) {
            return List.of(several);
        }
        return property instanceof String one ? List.of(one) : List.of();
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
