package io.espalier.kernel.felix;

import static java.util.Objects.requireNonNull;

import io.espalier.kernel.config.EnvironmentOverrides;
import io.espalier.kernel.deploy.DropFolder;
import io.espalier.kernel.felix.configuration.ConfigurationFiles;
import io.espalier.kernel.felix.configuration.ConfigurationFolders;
import io.espalier.kernel.felix.configuration.FolderWatch;
import io.espalier.kernel.felix.configuration.Schemas;
import io.espalier.kernel.felix.context.CallStack;
import io.espalier.kernel.felix.context.ContextThreads;
import io.espalier.kernel.felix.control.ControlSocket;
import io.espalier.kernel.felix.health.Endpoint;
import io.espalier.kernel.felix.health.EndpointOpening;
import io.espalier.kernel.felix.health.HealthChecks;
import io.espalier.kernel.felix.health.Metrics;
import io.espalier.kernel.felix.health.Readiness;
import io.espalier.kernel.felix.logging.LogBridge;
import io.espalier.kernel.felix.runtime.FelixPluginRuntime;
import io.espalier.kernel.felix.runtime.WaitingComponents;
import io.espalier.kernel.felix.shell.ConfigurationCommands;
import io.espalier.kernel.felix.shell.ElsewhereCommands;
import io.espalier.kernel.felix.shell.GogoRunner;
import io.espalier.kernel.felix.shell.HealthCommands;
import io.espalier.kernel.felix.shell.IdleCommands;
import io.espalier.kernel.felix.shell.KernelCommands;
import io.espalier.kernel.felix.shell.LogCommands;
import io.espalier.kernel.felix.shell.PluginCommands;
import io.espalier.kernel.leak.LeakSentinel;
import io.espalier.kernel.log.LogControl;
import io.espalier.kernel.plugin.PluginEvents;
import io.espalier.kernel.plugin.PluginException;
import io.espalier.kernel.plugin.PluginView;
import io.espalier.kernel.quarantine.QuarantineStore;
import io.espalier.kernel.supervise.PluginSupervisor;
import io.espalier.kernel.supervise.SystemTime;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.felix.service.command.CommandProcessor;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.metatype.MetaTypeService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the kernel together, starts it and stops it again in reverse order.
 *
 * <p>What can be there at once is there when {@link #start} returns; the rest waits, on a thread of its own, for the framework
 * to have started the system bundles: configurations go into force, then the profile's plug-ins start, then the drop folder
 * is watched.
 */
final class Kernel implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Kernel.class);
    private static final Duration SYSTEM_LIMIT = Duration.ofSeconds(10);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(20);

    private final BundleContext context;
    private final KernelFolders folders;
    private final ContextThreads threads = new ContextThreads(BundleContext.class.getClassLoader());
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final Services services;
    private final Supplier<@Nullable ConfigurationAdmin> admins;
    private final Supplier<@Nullable CommandProcessor> shells;
    private final Supplier<@Nullable LogControl> logs;
    private final ElsewhereCommands elsewhere;
    private final Schemas schemas;
    private final ConfigurationFiles configuration;
    private final LeakSentinel sentinel;
    private final SystemTime time = new SystemTime();
    private final PluginSupervisor supervisor;
    private final DropFolder dropFolder;
    private final Metrics metrics;
    private final Readiness readiness;
    private final KernelSettings settings;
    private final EndpointOpening endpoint;

    Kernel(BundleContext context) {
        this.context = requireNonNull(context, "context is null");
        this.folders = KernelFolders.of(context);
        this.services = new Services(context);
        this.admins = services.one(ConfigurationAdmin.class);
        this.shells = services.one(CommandProcessor.class);
        this.logs = services.one(LogControl.class);
        this.elsewhere = new ElsewhereCommands(
                services.references(ElsewhereCommands.FILTER),
                new IdleCommands(this::plugins, () -> List.of(context.getBundles())));
        this.schemas = new Schemas(services.one(MetaTypeService.class));
        this.configuration = new ConfigurationFiles(
                ConfigurationFolders.of(folders.etc(), folders.profile()),
                folders.data().resolve("last-good"),
                schemas,
                new EnvironmentOverrides(System.getenv()));
        schemas.add(KernelSettings.PID, KernelSettings.SCHEMA);
        configuration.makeFolder();
        configuration.readAll();
        this.settings = KernelSettings.of(configuration);
        this.sentinel = new LeakSentinel(settings.leakDelay());
        this.metrics = new Metrics(
                folders.started(),
                this::plugins,
                () -> sentinel.report().size(),
                services.all("(&(objectClass=java.util.function.Supplier)(espalier.metrics=prometheus))"));
        this.supervisor = supervisor(metrics);
        this.dropFolder = new DropFolder(folders.deploy(), DropFolder.Timing.standard(), supervisor, metrics);
        this.readiness = new Readiness(
                supervisor::list,
                new HealthChecks(context, threads.named("health-check")),
                configuration::problems,
                this::remarks,
                configuration::rejectedSinceStart,
                dropFolder::lookedThrough);
        this.endpoint = new EndpointOpening(
                () -> Endpoint.open(
                        settings.host(), settings.port(), readiness, metrics, threads.named("kernel-endpoint")),
                readiness);
    }

    void start() {
        Runnable release = threads.adopt(frameworkPackage());
        onStop(release::run);
        onStop(services);
        LogBridge bridge = new LogBridge(context);
        bridge.open();
        onStop(bridge);
        nameLogsByPlugin();
        onStop(sentinel);
        onStop(time);
        onStop(this::stopPlugins);
        onStop(ChangeListener.open(context, supervisor::somethingChanged));
        configuration.onChange(supervisor::somethingChanged);
        openEndpoint();
        onStop(commands());
        openControlSocket();
        Boot boot = new Boot(context, this::boot);
        onStop(boot);
        boot.start(threads);
    }

    /** Closes all in reverse order; one that fails holds up no other. */
    @Override
    public void close() {
        for (AutoCloseable one = last(); one != null; one = last()) {
            try {
                one.close();
            } catch (Exception e) {
                LOG.error("A part of the kernel did not stop cleanly.", e);
            }
        }
    }

    private synchronized @Nullable AutoCloseable last() {
        return opened.pollLast();
    }

    private List<PluginView> plugins() {
        return supervisor.list();
    }

    private PluginSupervisor supervisor(PluginEvents events) {
        FelixPluginRuntime runtime = new FelixPluginRuntime(
                context,
                folders.plugins(),
                new WaitingComponents(services.one(ServiceComponentRuntime.class)),
                this::learnConfiguration,
                configuration::forbids,
                threads);
        return new PluginSupervisor(
                runtime,
                settings.budgets(),
                new QuarantineStore(folders.data().resolve("quarantine")),
                time,
                events,
                sentinel::watch);
    }

    /** What an operator should mend though nothing waits for it: names of files that nobody reads, jars that are refused. */
    private List<String> remarks() {
        List<String> remarks = new ArrayList<>(configuration.mistyped());
        dropFolder.refused().forEach((jar, reason) -> remarks.add(jar.getFileName() + " is refused: " + reason));
        return remarks;
    }

    /** What a plug-in declares is known, and its configuration checked, before its first line of code runs. */
    private void learnConfiguration(Bundle plugin) {
        if (schemas.read(plugin)) {
            configuration.recheck();
        }
    }

    private void boot() throws InterruptedException, IOException {
        awaitSystem(MetaTypeService.class, "Configurations are not checked");
        awaitSystem(ServiceComponentRuntime.class, "Components do not start");
        awaitSystem(ConfigurationAdmin.class, "No configuration is in force");
        ConfigurationAdmin admin = admins.get();
        if (admin != null) {
            configuration.connect(admin);
        }
        onStop(FolderWatch.start(folders.etc(), configuration::look, threads.named("configuration-files")));
        Profile profile = Profile.read(folders.profile(), folders.plugins());
        profile.problems().forEach(LOG::warn);
        supervisor.installAll(profile.jars());
        readiness.profileStarted(new HashSet<>(profile.jars()), profile.problems());
        dropFolder.start();
        onStop(dropFolder);
        LOG.info(
                "Profile {} is started with {} plug-ins.",
                profile.name(),
                profile.jars().size());
        // By then plug-ins are resolved, so that what they declare is known.
        time.at(time.now().plus(SYSTEM_LIMIT), () -> {
            configuration.strangers().forEach(LOG::warn);
            configuration.mistyped().forEach(LOG::warn);
        });
    }

    /** System bundles may start after the framework has, when a launcher starts them one by one. */
    private void awaitSystem(Class<?> type, String otherwise) throws InterruptedException {
        if (services.await(type, SYSTEM_LIMIT) == null) {
            String sentence = otherwise + ": after " + SYSTEM_LIMIT.toSeconds() + " s no system bundle offers "
                    + type.getName() + "; install the one that does in system/.";
            LOG.error(sentence);
            readiness.problem(type.getName(), sentence);
        }
    }

    private void nameLogsByPlugin() {
        LogControl log = logs.get();
        if (log != null) {
            log.namePluginsBy(CallStack::pluginOr);
            onStop(() -> log.namePluginsBy(name -> name));
        }
    }

    private void openEndpoint() {
        endpoint.start(threads);
        onStop(endpoint);
    }

    private void openControlSocket() {
        try {
            onStop(ControlSocket.open(
                    folders.data().resolve("kernel.sock"),
                    (out, err) -> new GogoRunner(shells, elsewhere, out, err),
                    threads.named("control-socket")));
        } catch (IOException e) {
            LOG.error("The kernel goes on without control socket. {}", e.getMessage());
            readiness.problem("control socket", String.valueOf(e.getMessage()));
        }
    }

    private Commands commands() {
        return new Commands(context)
                .add(
                        "plugin",
                        new PluginCommands(supervisor, sentinel, dropFolder::refused),
                        "list",
                        "explain",
                        "restart",
                        "leaks")
                .add("config", new ConfigurationCommands(configuration), "list", "set")
                .add("health", new HealthCommands(readiness), "check")
                .add("log", new LogCommands(logs), "tail", "level")
                .add(
                        "kernel",
                        new KernelCommands(context.getBundle(0), this::facts, threads.named("kernel-stop")),
                        "stop",
                        "info");
    }

    private Map<String, String> facts() {
        return KernelFacts.of(context, folders, endpoint.address());
    }

    private void stopPlugins() throws PluginException {
        supervisor.close(STOP_LIMIT);
    }

    private synchronized void onStop(AutoCloseable part) {
        opened.addLast(part);
    }

    /** {@code org.apache.felix} or {@code org.eclipse.osgi}. */
    private String frameworkPackage() {
        String[] parts = context.getBundle(0).getClass().getName().split("\\.", 4);
        return parts.length < 4 ? "org.osgi" : parts[0] + "." + parts[1] + "." + parts[2];
    }
}
