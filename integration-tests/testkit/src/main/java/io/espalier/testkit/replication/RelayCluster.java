package io.espalier.testkit.replication;

import static java.util.Objects.requireNonNull;

import io.espalier.testkit.kernel.KernelHome;
import io.espalier.testkit.process.ChildProcess;
import io.espalier.testkit.registry.RegistryPlan;
import io.espalier.testkit.registry.RegistryServer;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A registry and a kernel with its relay at every site; the first site is the master, whose registry notifies the controller.
 * Methods are for one thread.
 */
public final class RelayCluster implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    /** More kernels that start at once than the machine has processors would run out of their start budgets. */
    private static final int STARTED_AT_ONCE = 2;

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(300);
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_-]{16,}\\.[0-9a-f]{64}");

    private final List<RelaySite> sites;
    private final int controllerPort;
    private final List<Optional<RegistryServer>> registries = new ArrayList<>();
    private final List<KernelHome> homes = new ArrayList<>();
    private final List<Optional<ChildProcess>> kernels = new ArrayList<>();

    private RelayCluster(List<RelaySite> sites, int controllerPort) {
        this.sites = List.copyOf(sites);
        this.controllerPort = controllerPort;
    }

    /**
     * Starts all registries and installs the kernels, but starts none; when something fails, nothing goes on running.
     *
     * @param built the unpacked distribution
     * @param work empty
     */
    public static RelayCluster prepare(List<RelaySite> sites, int controllerPort, Path built, Path work) {
        requireNonNull(built, "built is null");
        RelayCluster cluster = new RelayCluster(sites, controllerPort);
        try {
            sites.forEach(site -> cluster.prepare(site, built, work));
            return cluster;
        } catch (RuntimeException | Error failed) {
            cluster.close(failed);
            throw failed;
        }
    }

    private void prepare(RelaySite site, Path built, Path work) {
        @Nullable RegistryPlan plan = site.registry();
        if (plan != null && registries.isEmpty()) {
            plan = plan.notifying(URI.create("http://127.0.0.1:" + controllerPort + "/v1/notifications"), Map.of());
        }
        registries.add(Optional.ofNullable(plan).map(RegistryPlan::start));
        KernelHome home = KernelHome.install(built, work.resolve(site.name()), site.before());
        home.configure("kernel", Map.of("endpoint-port", site.endpointPort()));
        homes.add(home);
        kernels.add(Optional.empty());
    }

    /** Starts the master and lets all others join; returns when all are connected. */
    public void start(Map<String, ?> controller) {
        startMaster(controller);
        String token = joinToken();
        for (int site = 1; site < sites.size(); site++) {
            join(site, token);
            if (site % STARTED_AT_ONCE == 0 || site == sites.size() - 1) {
                awaitConnected();
            }
        }
    }

    public void startMaster(Map<String, ?> controller) {
        homes.get(0).configure("image.relay", sites.get(0).settings());
        controller(controller);
        startKernel(0);
    }

    /** Writes the controller's configuration anew; a running one takes it over by itself, some seconds later. */
    public void controller(Map<String, ?> controller) {
        Map<String, Object> settings = new LinkedHashMap<>(Map.of("port", controllerPort));
        settings.putAll(controller);
        homes.get(0).configure("replication.controller", settings);
    }

    /** Configures a node with a join token and starts it. */
    public void join(int site, String token) {
        join(site, token, Map.of());
    }

    /** The same with more settings of its relay. */
    public void join(int site, String token, Map<String, ?> more) {
        configure(site, token, more);
        startKernel(site);
    }

    /** Writes a node's configuration anew; a running kernel takes it over by itself. */
    public void configure(int site, String token, Map<String, ?> more) {
        Map<String, Object> settings = sites.get(site).settings();
        settings.putAll(more);
        settings.put("master", sites.get(0).host() + ":" + sites.get(0).relayPort());
        settings.put("join-token", token);
        homes.get(site).configure("image.relay", settings);
    }

    public void startKernel(int site) {
        kernels.set(site, Optional.of(homes.get(site).start(site == 0 ? "registry-master" : "registry-node")));
    }

    /** A new join token from the master's shell, as soon as it answers. */
    public String joinToken() {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            KernelHome.Answer answer = homes.get(0).exec("node:token --uses 100");
            Matcher token = TOKEN.matcher(answer.text());
            if (answer.exit() == 0 && token.find()) {
                return token.group();
            }
            lookAgain(List.of(0), deadline, answer.text());
        }
    }

    /** Waits until the master lists every started site as connected. */
    public void awaitConnected() {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            List<Integer> running = new ArrayList<>();
            for (int site = 0; site < kernels.size(); site++) {
                if (kernels.get(site).isPresent()) {
                    running.add(site);
                }
            }
            String list = homes.get(0).exec("node:list").text();
            if (running.stream().allMatch(site -> list.lines()
                    .anyMatch(line -> line.startsWith(sites.get(site).name() + " ") && line.contains(" connected")))) {
                return;
            }
            lookAgain(running, deadline, list);
        }
    }

    private void lookAgain(List<Integer> running, long deadline, String text) {
        for (int site : running) {
            ChildProcess kernel = kernel(site);
            if (!kernel.isAlive() || System.nanoTime() > deadline) {
                throw new AssertionError("The cluster did not come up: " + kernel + ". The master said:\n" + text
                        + "\nIts last output:\n" + String.join("\n", kernel.output()));
            }
        }
        LockSupport.parkNanos(LOOK_NANOS);
    }

    /** Runs a shell command on the master; fails when it fails. */
    public String onMaster(String line) {
        return onMaster(line, Duration.ofMinutes(1));
    }

    /** The same for a command that may take so long. */
    public String onMaster(String line, Duration limit) {
        KernelHome.Answer answer = homes.get(0).exec(line, limit);
        if (answer.exit() != 0) {
            throw new AssertionError("'" + line + "' failed on the master: " + answer.text());
        }
        return answer.text();
    }

    public KernelHome home(int site) {
        return homes.get(site);
    }

    public RegistryServer registry(int site) {
        return registries
                .get(site)
                .orElseThrow(
                        () -> new IllegalStateException("Site " + site + " has no registry but its relay's store."));
    }

    /** The running kernel of a site, for faults. */
    public ChildProcess kernel(int site) {
        return kernels.get(site)
                .orElseThrow(() -> new IllegalStateException("The kernel of site " + site + " is not started."));
    }

    /** Ends the kernel of a site (SIGTERM). */
    public void stopKernel(int site) {
        kernels.get(site).ifPresent(ChildProcess::close);
        kernels.set(site, Optional.empty());
    }

    /** Ends the kernel of a site with SIGKILL. */
    public void killKernel(int site) {
        kernel(site).kill();
        stopKernel(site);
    }

    /** Ends all kernels; the registries stay. */
    public void stopKernels() {
        for (int site = kernels.size() - 1; site >= 0; site--) {
            stopKernel(site);
        }
    }

    public int controllerPort() {
        return controllerPort;
    }

    /** Ends all that runs, also when something does not end well; every failure is suppressed in the error that is thrown then. */
    @Override
    public void close() {
        AssertionError failed = new AssertionError("The cluster did not end well.");
        close(failed);
        if (failed.getSuppressed().length > 0) {
            throw failed;
        }
    }

    private void close(Throwable failed) {
        List<Runnable> ends = new ArrayList<>();
        for (int site = kernels.size() - 1; site >= 0; site--) {
            int last = site;
            ends.add(() -> stopKernel(last));
        }
        registries.forEach(registry -> registry.ifPresent(open -> ends.add(open::close)));
        for (Runnable end : ends) {
            try {
                end.run();
            } catch (RuntimeException | AssertionError e) {
                failed.addSuppressed(e);
            }
        }
    }
}
