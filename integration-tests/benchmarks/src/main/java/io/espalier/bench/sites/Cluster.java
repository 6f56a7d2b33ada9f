package io.espalier.bench.sites;

import io.espalier.testkit.kernel.KernelHome;
import io.espalier.testkit.process.ChildProcess;
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

/** A registry and a kernel with its relay at every site of a lab; site 0 is the master. */
public final class Cluster implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofMinutes(3);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_-]{16,}\\.[0-9a-f]{64}");

    private final Lab lab;
    private final Path work;
    private final List<RegistryServer> registries = new ArrayList<>();
    private final List<KernelHome> homes = new ArrayList<>();
    private final List<Optional<ChildProcess>> kernels = new ArrayList<>();

    private Cluster(Lab lab, Path work) {
        this.lab = lab;
        this.work = work;
    }

    /** Starts all registries, and no kernel yet. */
    public static Cluster withRegistries(Lab lab, Path built, Path work) {
        Cluster cluster = new Cluster(lab, work);
        for (int site = 0; site < lab.map().count(); site++) {
            cluster.add(site, built);
        }
        return cluster;
    }

    private void add(int site, Path built) {
        var plan = RegistryServer.in(work.resolve("registry-" + site))
                .listeningOn("0.0.0.0", SiteMap.REGISTRY_PORT, Lab.at(site).toArray(String[]::new));
        if (site == 0) {
            plan = plan.notifying(URI.create("http://127.0.0.1:8491/v1/notifications"), Map.of());
        }
        registries.add(plan.start());
        homes.add(KernelHome.install(built, work.resolve("kernel-" + site), Lab.at(site)));
        kernels.add(Optional.empty());
    }

    /** Starts the master and lets all others join. */
    public void startKernels(Map<String, ?> controller) {
        homes.get(0).configure("image.relay", relay(0, Map.of()));
        homes.get(0).configure("replication.controller", controller);
        start(0, "registry-master");
        String token = awaitToken();
        for (int site = 1; site < lab.map().count(); site++) {
            homes.get(site)
                    .configure(
                            "image.relay",
                            relay(
                                    site,
                                    Map.of(
                                            "master",
                                            lab.map().name(0) + ":" + SiteMap.RELAY_PORT,
                                            "join-token",
                                            token)));
            start(site, "registry-node");
        }
        awaitConnected();
    }

    public void start(int site, String profile) {
        kernels.set(site, Optional.of(homes.get(site).start(profile)));
    }

    private Map<String, Object> relay(int site, Map<String, ?> more) {
        Map<String, Object> values = new LinkedHashMap<>(Map.of(
                "name",
                "site-" + site,
                "host",
                lab.map().name(site),
                "bind",
                "0.0.0.0",
                "port",
                SiteMap.RELAY_PORT,
                "registry-url",
                "http://127.0.0.1:" + SiteMap.REGISTRY_PORT));
        values.putAll(more);
        return values;
    }

    private String awaitToken() {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (true) {
            KernelHome.Answer answer = homes.get(0).exec("node:token");
            Matcher token = TOKEN.matcher(answer.text());
            if (answer.exit() == 0 && token.find()) {
                return token.group();
            }
            check(0, deadline, answer.text());
        }
    }

    /** Waits until the master lists every site as connected. */
    public void awaitConnected() {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (true) {
            String list = onMaster("node:list");
            long connected =
                    list.lines().filter(line -> line.contains("connected")).count();
            if (connected >= lab.map().count()) {
                return;
            }
            for (int site = 0; site < kernels.size(); site++) {
                check(site, deadline, list);
            }
        }
    }

    private void check(int site, long deadline, String text) {
        ChildProcess kernel = kernels.get(site).orElseThrow();
        if (!kernel.isAlive() || System.nanoTime() > deadline) {
            throw new IllegalStateException(
                    "The cluster did not come up; " + kernel + "\n" + text + "\n" + String.join("\n", kernel.output()));
        }
        LockSupport.parkNanos(LOOK_NANOS);
    }

    /** Runs a shell command on the master and answers with its text. */
    public String onMaster(String line) {
        KernelHome.Answer answer = homes.get(0).exec(line);
        if (answer.exit() != 0) {
            throw new IllegalStateException("'" + line + "' failed on the master: " + answer.text());
        }
        return answer.text();
    }

    public String at(int site, String line) {
        return homes.get(site).exec(line).text();
    }

    /** The kernel of a site, for faults. */
    public ChildProcess kernel(int site) {
        return kernels.get(site).orElseThrow();
    }

    public KernelHome home(int site) {
        return homes.get(site);
    }

    /** Ends all kernels; the registries stay. */
    public void stopKernels() {
        for (int site = kernels.size() - 1; site >= 0; site--) {
            kernels.get(site).ifPresent(ChildProcess::close);
            kernels.set(site, Optional.empty());
        }
    }

    @Override
    public void close() {
        stopKernels();
        registries.forEach(RegistryServer::close);
    }
}
