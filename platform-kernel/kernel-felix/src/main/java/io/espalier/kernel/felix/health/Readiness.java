package io.espalier.kernel.felix.health;

import static java.util.Objects.requireNonNull;

import io.espalier.kernel.plugin.PluginState;
import io.espalier.kernel.plugin.PluginView;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Decides whether the kernel is ready: every plug-in of the profile works, the drop folder was looked through once, and no
 * health check tagged {@code readiness} forbids it. Safe for use by many threads.
 */
public final class Readiness {
    private final Supplier<List<PluginView>> plugins;
    private final HealthChecks checks;
    private final Supplier<List<String>> configurationProblems;
    private final Supplier<List<String>> remarks;
    private final BooleanSupplier rejectedSinceStart;
    private final BooleanSupplier dropFolderScanned;
    private final Map<String, String> kernelProblems = new ConcurrentHashMap<>();
    private volatile Set<Path> wanted = Set.of();
    private volatile List<String> profileProblems = List.of();
    private volatile boolean profileStarted;

    /**
     * Nothing is looked at yet.
     *
     * @param remarks problems that forbid nothing; shown once the profile is started, since what plug-ins declare is not
     *     known before
     */
    public Readiness(
            Supplier<List<PluginView>> plugins,
            HealthChecks checks,
            Supplier<List<String>> configurationProblems,
            Supplier<List<String>> remarks,
            BooleanSupplier rejectedSinceStart,
            BooleanSupplier dropFolderScanned) {
        this.plugins = requireNonNull(plugins, "plugins is null");
        this.checks = requireNonNull(checks, "checks is null");
        this.configurationProblems = requireNonNull(configurationProblems, "configurationProblems is null");
        this.remarks = requireNonNull(remarks, "remarks is null");
        this.rejectedSinceStart = requireNonNull(rejectedSinceStart, "rejectedSinceStart is null");
        this.dropFolderScanned = requireNonNull(dropFolderScanned, "dropFolderScanned is null");
    }

    /**
     * What the kernel found.
     *
     * @param hopeless whether it does not get ready before somebody mends a configuration
     */
    public record Report(
            boolean ready,
            boolean hopeless,
            List<PluginView> plugins,
            List<HealthChecks.Outcome> checks,
            List<String> problems) {
        /** As the endpoint shows it. */
        public Map<String, Object> json() {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("status", ready ? "UP" : "DOWN");
            json.put("plugins", plugins.stream().map(Report::json).toList());
            json.put("checks", checks.stream().map(Report::json).toList());
            json.put("problems", problems);
            return json;
        }

        private static Map<String, Object> json(PluginView plugin) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("name", plugin.id().name());
            json.put("version", plugin.version());
            json.put("state", plugin.state().word());
            json.put("explain", plugin.reason());
            return json;
        }

        private static Map<String, Object> json(HealthChecks.Outcome check) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("name", check.name());
            json.put("status", check.status());
            json.put("message", check.message());
            json.put("tags", check.tags());
            return json;
        }
    }

    /** The profile's plug-ins are installed and being started. */
    public void profileStarted(Set<Path> jars, List<String> problems) {
        wanted = Set.copyOf(jars);
        profileProblems = List.copyOf(problems);
        profileStarted = true;
    }

    /** Something of the kernel itself does not work though the rest does; shown until {@link #mended}. */
    public void problem(String part, String sentence) {
        kernelProblems.put(part, sentence);
    }

    public void mended(String part) {
        kernelProblems.remove(part);
    }

    /** Looks at everything now; takes as long as the slowest health check, two seconds at the most. */
    public Report report() {
        List<PluginView> all = plugins.get();
        List<HealthChecks.Outcome> outcomes = checks.run();
        boolean begun = profileStarted && dropFolderScanned.getAsBoolean();
        boolean rejected = rejectedSinceStart.getAsBoolean();
        boolean ready = begun
                && profileProblems.isEmpty()
                && !rejected
                && allWantedWork(all)
                && outcomes.stream().noneMatch(check -> check.readiness() && !check.ok());
        boolean hopeless = begun && rejected && all.stream().noneMatch(plugin -> isStarting(plugin.state()));
        return new Report(ready, hopeless, all, outcomes, problems());
    }

    private static boolean isStarting(PluginState state) {
        return state instanceof PluginState.Installed || state instanceof PluginState.Starting;
    }

    private boolean allWantedWork(List<PluginView> all) {
        long working = all.stream()
                .filter(plugin -> wanted.contains(plugin.origin()))
                .filter(plugin -> plugin.state() instanceof PluginState.Active)
                .count();
        return working == wanted.size();
    }

    private List<String> problems() {
        List<String> problems = new ArrayList<>();
        if (!profileStarted) {
            problems.add("The kernel is still starting.");
        } else if (!dropFolderScanned.getAsBoolean()) {
            problems.add("The drop folder is not looked through yet.");
        }
        problems.addAll(profileProblems);
        problems.addAll(kernelProblems.values());
        problems.addAll(configurationProblems.get());
        if (profileStarted) {
            problems.addAll(remarks.get());
        }
        return problems;
    }
}
