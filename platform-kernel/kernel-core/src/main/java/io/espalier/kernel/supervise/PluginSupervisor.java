package io.espalier.kernel.supervise;

import static java.util.Objects.requireNonNull;

import io.espalier.kernel.budget.Budgets;
import io.espalier.kernel.deploy.DropTarget;
import io.espalier.kernel.deploy.DroppedJar;
import io.espalier.kernel.deploy.Handover;
import io.espalier.kernel.jar.JarFiles;
import io.espalier.kernel.plugin.Explanation;
import io.espalier.kernel.plugin.InstalledPlugin;
import io.espalier.kernel.plugin.PluginEvent;
import io.espalier.kernel.plugin.PluginEvents;
import io.espalier.kernel.plugin.PluginException;
import io.espalier.kernel.plugin.PluginId;
import io.espalier.kernel.plugin.PluginRuntime;
import io.espalier.kernel.plugin.PluginView;
import io.espalier.kernel.quarantine.QuarantineStore;
import io.espalier.kernel.suggest.Suggestion;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the life of every plug-in: each starts and stops on threads of its own within its budgets, one that fails is
 * quarantined and tried again with growing pauses, and every state can be explained.
 *
 * <p>Safe for use by many threads. No method but {@link #close} waits for plug-in code.
 */
public final class PluginSupervisor implements DropTarget {
    private static final Logger LOG = LoggerFactory.getLogger(PluginSupervisor.class);
    private static final Duration THREAD_IDLE = Duration.ofSeconds(5);

    private final Surroundings kernel;
    private final ThreadPoolExecutor threads;
    private final Map<PluginId, SupervisedPlugin> plugins = new ConcurrentHashMap<>();
    private final AtomicInteger starts = new AtomicInteger();
    private final Sweep sweep;

    /**
     * @param time remains the caller's to close, after the supervisor
     * @param events hears every change; called on the plug-ins' lanes
     * @param leaks is given the class loader of every plug-in that is removed
     */
    public PluginSupervisor(
            PluginRuntime runtime,
            Budgets budgets,
            QuarantineStore store,
            Timekeeper time,
            PluginEvents events,
            LoaderWatch leaks) {
        threads = new ThreadPoolExecutor(
                0,
                Integer.MAX_VALUE,
                THREAD_IDLE.toMillis(),
                TimeUnit.MILLISECONDS,
                new SynchronousQueue<>(),
                KernelThreads.named("plugin-lane"));
        kernel = new Surroundings(
                requireNonNull(runtime, "runtime is null"),
                requireNonNull(budgets, "budgets is null"),
                requireNonNull(store, "store is null"),
                requireNonNull(time, "time is null"),
                new GuardedEvents(requireNonNull(events, "events is null")),
                requireNonNull(leaks, "leaks is null"),
                threads);
        sweep = new Sweep(time, () -> plugins.values().forEach(SupervisedPlugin::recheck));
    }

    /**
     * Installs the jars of a profile one after the other, then starts all of them at once. A jar that is refused holds back
     * no other; it is an event and a log line.
     *
     * @return what became of each jar, in order
     */
    public List<Handover> installAll(List<Path> jars) {
        var fresh = new ArrayList<SupervisedPlugin>();
        var results = new ArrayList<Handover>();
        for (Path jar : jars) {
            Handover result = install(jar, fresh);
            if (result instanceof Handover.Refused refused) {
                LOG.warn("The jar {} is refused: {}", jar, refused.reason());
                kernel.events()
                        .on(new PluginEvent.JarRefused(
                                jar, refused.reason(), kernel.time().now()));
            }
            results.add(result);
        }
        fresh.forEach(plugin -> plugin.begin(null));
        return results;
    }

    /** Installs the jar, or puts it in the place of what came from the same file before. */
    public CompletableFuture<Handover> deploy(Path jar) {
        try {
            return deploy(
                    new DroppedJar(jar, JarFiles.digest(jar), kernel.time().now()));
        } catch (IOException e) {
            return refused("Tried to read " + jar + " but failed: " + e);
        }
    }

    @Override
    public CompletableFuture<Handover> deploy(DroppedJar jar) {
        Optional<String> name = JarFiles.bundleName(jar.file());
        Optional<SupervisedPlugin> holder = name.map(PluginId::new).map(plugins::get);
        Optional<SupervisedPlugin> fromSameFile = from(jar.file());
        for (SupervisedPlugin other : both(holder, fromSameFile)) {
            Optional<CompletableFuture<Handover>> removal = other.removal();
            if (removal.isPresent()) {
                return removal.get().thenComposeAsync(gone -> deployAfter(gone, jar), threads);
            }
        }
        if (fromSameFile.isPresent()) {
            return replace(fromSameFile.get(), name, jar);
        }
        var fresh = new ArrayList<SupervisedPlugin>();
        Handover result = install(jar.file(), fresh);
        fresh.forEach(plugin -> plugin.begin(jar));
        return CompletableFuture.completedFuture(result);
    }

    @Override
    public CompletableFuture<Handover> remove(Path jar) {
        return from(jar)
                .map(plugin -> plugin.removal().orElseGet(plugin::remove))
                .orElseGet(() -> refused("No plug-in was installed from " + jar + "."));
    }

    /** Removes a plug-in wherever it came from; a jar that stays in the drop folder is not taken again until it changes. */
    public CompletableFuture<Handover> remove(PluginId id) {
        SupervisedPlugin plugin = plugins.get(id);
        return plugin == null ? refused(unknown(id)) : plugin.removal().orElseGet(plugin::remove);
    }

    /**
     * Stops and starts a plug-in, and takes it out of quarantine; returns at once.
     *
     * @throws PluginException with code UNKNOWN when there is none of that name
     */
    public void restart(PluginId id) throws PluginException {
        find(id).restart();
    }

    /** Every plug-in, by name. */
    public List<PluginView> list() {
        return plugins.values().stream()
                .map(SupervisedPlugin::view)
                .sorted(Comparator.comparing(PluginView::id))
                .toList();
    }

    /**
     * Says in one sentence what is missing and what mends it.
     *
     * @throws PluginException with code UNKNOWN when there is none of that name
     */
    public Explanation explain(PluginId id) throws PluginException {
        return find(id).explain();
    }

    /**
     * Tells that services, configurations or plug-ins changed, so that waiting plug-ins heal at once and broken ones are
     * noticed. Cheap: calls that come close together count as one.
     */
    public void somethingChanged() {
        sweep.request();
    }

    /**
     * Stops every plug-in, the last started first; one that fails or hangs holds up no other. The supervisor is done then.
     *
     * @param limit for all of them; nobody gets more than its stop budget or half of what is left
     * @throws PluginException the first failure, the others suppressed in it
     */
    public void close(Duration limit) throws PluginException {
        sweep.close();
        try {
            new Shutdown(kernel.budgets().stop(), limit).stopAll(plugins.values());
        } finally {
            threads.shutdownNow();
        }
    }

    private CompletableFuture<Handover> replace(SupervisedPlugin current, Optional<String> name, DroppedJar jar) {
        if (name.isEmpty()) {
            return refused(jar.file().getFileName() + " is no bundle: its manifest has no Bundle-SymbolicName. "
                    + current.id() + " runs on as it was.");
        }
        if (name.get().equals(current.id().name())) {
            return current.replace(jar);
        }
        return current.remove().thenComposeAsync(gone -> deployAfter(gone, jar), threads);
    }

    private CompletableFuture<Handover> deployAfter(Handover removal, DroppedJar jar) {
        return removal instanceof Handover.Refused ? CompletableFuture.completedFuture(removal) : deploy(jar);
    }

    /** One at a time, so that two jars of one name cannot both find the name free. */
    private synchronized Handover install(Path jar, List<SupervisedPlugin> fresh) {
        SupervisedPlugin holder =
                JarFiles.bundleName(jar).map(PluginId::new).map(plugins::get).orElse(null);
        if (holder != null) {
            return duplicate(jar, holder);
        }
        try {
            InstalledPlugin installed = kernel.runtime().install(jar);
            var plugin = new SupervisedPlugin(installed, jar, kernel, starts, gone -> plugins.remove(gone.id(), gone));
            SupervisedPlugin other = plugins.putIfAbsent(installed.id(), plugin);
            if (other != null) {
                return duplicate(jar, other);
            }
            LOG.info("Plug-in {} {} is installed from {}.", installed.id(), installed.version(), jar);
            fresh.add(plugin);
            return new Handover.Taken(installed.id());
        } catch (PluginException e) {
            return new Handover.Refused(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            return new Handover.Refused("Tried to install " + jar + " but the runtime failed: " + e);
        }
    }

    private static Handover duplicate(Path jar, SupervisedPlugin holder) {
        return new Handover.Refused("Tried to install " + jar + " but the plug-in " + holder.id()
                + " is installed from " + holder.origin() + " already; remove one of the two files.");
    }

    private Optional<SupervisedPlugin> from(Path jar) {
        return plugins.values().stream()
                .filter(plugin -> plugin.origin().equals(jar))
                .findFirst();
    }

    private SupervisedPlugin find(PluginId id) throws PluginException {
        @Nullable SupervisedPlugin plugin = plugins.get(id);
        if (plugin == null) {
            throw new PluginException(PluginException.Code.UNKNOWN, unknown(id), null);
        }
        return plugin;
    }

    private String unknown(PluginId id) {
        return "There is no plug-in " + id + "; "
                + Suggestion.hint(
                        id.name(), plugins.keySet().stream().map(PluginId::name).toList());
    }

    private static CompletableFuture<Handover> refused(String reason) {
        return CompletableFuture.completedFuture(new Handover.Refused(reason));
    }

    private static List<SupervisedPlugin> both(Optional<SupervisedPlugin> a, Optional<SupervisedPlugin> b) {
        var found = new ArrayList<SupervisedPlugin>();
        a.ifPresent(found::add);
        b.ifPresent(found::add);
        return found;
    }
}
