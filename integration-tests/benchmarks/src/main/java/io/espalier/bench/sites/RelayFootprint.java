package io.espalier.bench.sites;

import static java.util.Objects.requireNonNull;

import io.espalier.bench.report.Benchmark;
import io.espalier.bench.report.Report;
import io.espalier.kafka.embedded.LoopbackPorts;
import io.espalier.testkit.process.ChildProcess;
import io.espalier.testkit.process.ProcessPlan;
import io.espalier.testkit.registry.RegistryPlan;
import io.espalier.testkit.registry.RegistryServer;
import io.espalier.testkit.replication.RelayCluster;
import io.espalier.testkit.replication.RelaySite;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.stream.Stream;

/**
 * One layer of 2 GB down a chain of three relays on this machine, TLS and hashing on; the middle one is measured: its resident memory,
 * the bytes that it passes on for each second of its processor time, and, with a real registry beside it, its rate against that
 * registry's own rate for the same number of bytes put by a plain client.
 */
public final class RelayFootprint implements Benchmark {
    private static final long LAYER = 2_000_000_000L;
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final int CLOCK_TICKS = 100;

    private final Path home;

    public RelayFootprint(Path home) {
        this.home = home;
    }

    private record Passed(double seconds, double cpuSeconds, double idlePeakMb, double peakMb) {}

    @Override
    public Report run() throws Exception {
        Passed stub = pass(false);
        Passed real = pass(true);
        double put = plainPut();
        System.out.println("stub " + stub + " real " + real + " plain put " + put + " s");
        return new Report()
                .atMost("rss_mb", Math.max(stub.peakMb(), real.peakMb()), 160)
                .atLeast("mb_per_cpu_s", LAYER / 1e6 / stub.cpuSeconds(), 300)
                .atLeast("to_registry_put_rate", put / real.seconds(), 0.8)
                .detail("kernel_flags", Files.readAllLines(home.resolve("etc/profiles/registry-node.jvm")))
                .detail("with_stub_registry", stub)
                .detail("with_real_registry", real)
                .detail("plain_put_s", put);
    }

    /** Master, middle, end: a chain, as the greedy rule with one child each makes it. */
    private Passed pass(boolean realRegistry) throws IOException {
        Path work = Files.createTempDirectory("espalier-bench");
        List<RelaySite> sites = List.of(site(work, 0), site(work, 1), site(work, 2));
        try (SinkRegistry first = SinkRegistry.open();
                SinkRegistry second = SinkRegistry.open();
                RelayCluster cluster = RelayCluster.prepare(sites, LoopbackPorts.free(), home, work)) {
            TransferDoor door = new TransferDoor(cluster.controllerPort());
            cluster.startMaster(Map.of("planner", "greedy", "greedy-rule", "k=1"));
            String token = cluster.joinToken();
            cluster.join(1, token, sink(first));
            cluster.join(2, token, sink(second));
            cluster.awaitConnected();
            cluster.onMaster("tree:measure --mode ping");
            int middle = door.childOf("site-0").equals("site-1") ? 1 : 2;
            if (realRegistry) {
                cluster.stopKernel(middle);
                cluster.join(middle, token);
                cluster.awaitConnected();
            }
            return measured(cluster, door, middle);
        } finally {
            deleteAll(work);
        }
    }

    private static Map<String, Object> sink(SinkRegistry registry) {
        return Map.of("registry-url", "http://127.0.0.1:" + registry.port());
    }

    private static Passed measured(RelayCluster cluster, TransferDoor door, int middle) throws IOException {
        List<String> command = new ArrayList<>(
                List.of("http://" + cluster.registry(0).host(), "bench/big", "v1", "7", Long.toString(LAYER)));
        try (ChildProcess pusher =
                ProcessPlan.java(PushMain.class, List.of("-Xmx128m"), command).start()) {
            pusher.awaitLine("digest (\\S+) ([0-9]+)", LIMIT);
            String name = "site-" + middle;
            long pid = cluster.kernel(middle).pid();
            double idle = memoryMb(pid, "VmHWM");
            double before = cpuSeconds(pid);
            pusher.input().write('\n');
            pusher.input().flush();
            MatchResult put = pusher.awaitLine("put ([0-9]+)", LIMIT);
            TransferDoor.Arrivals arrivals = door.awaitAll(LIMIT);
            requireChain(arrivals, name, "site-" + (3 - middle));
            long millis =
                    requireNonNull(arrivals.doneAt().get(name), "no arrival").toEpochMilli()
                            - Long.parseLong(put.group(1));
            return new Passed(millis / 1e3, cpuSeconds(pid) - before, idle, memoryMb(pid, "VmHWM"));
        }
    }

    /** Only a relay that gets the whole layer from the master and gives it to the end is what is to be measured. */
    private static void requireChain(TransferDoor.Arrivals arrivals, String middle, String end) {
        if (!Set.of("site-0").equals(arrivals.parents().get(middle))
                || !Set.of(middle).equals(arrivals.parents().get(end))
                || arrivals.received().getOrDefault(middle, 0L) < LAYER
                || arrivals.received().getOrDefault(end, 0L) < LAYER) {
            throw new IllegalStateException("The layer did not go from site-0 over " + middle + " to " + end + ": "
                    + arrivals + "; run it again.");
        }
    }

    private static void deleteAll(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }

    private static RelaySite site(Path work, int number) {
        RegistryPlan registry = RegistryServer.in(work.resolve("registry-" + number));
        return new RelaySite(
                "site-" + number,
                "127.0.0.1",
                LoopbackPorts.free(),
                LoopbackPorts.free(),
                registry,
                Map.of(),
                List.of());
    }

    private static double plainPut() throws IOException, InterruptedException {
        Path work = Files.createTempDirectory("espalier-bench");
        Path layer = work.resolve("layer");
        try (RegistryServer registry =
                RegistryServer.in(work.resolve("registry")).start()) {
            String digest = LayerFile.write(layer, LAYER);
            HttpClient client =
                    HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
            long begin = System.nanoTime();
            HttpResponse<Void> session = client.send(
                    HttpRequest.newBuilder(URI.create(registry.uri() + "/v2/bench/plain/blobs/uploads/"))
                            .POST(HttpRequest.BodyPublishers.noBody())
                            .build(),
                    HttpResponse.BodyHandlers.discarding());
            String location = session.headers().firstValue("Location").orElseThrow();
            HttpResponse<String> put = client.send(
                    HttpRequest.newBuilder(URI.create(location + "&digest=" + digest))
                            .PUT(HttpRequest.BodyPublishers.ofFile(layer))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            if (put.statusCode() != 201) {
                throw new IOException("The registry answered " + put.statusCode() + ": " + put.body());
            }
            return (System.nanoTime() - begin) / 1e9;
        } finally {
            Files.deleteIfExists(layer);
        }
    }

    /** User and system time of a process so far, fields 14 and 15 of its stat file. */
    private static double cpuSeconds(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / (double) CLOCK_TICKS;
    }

    private static double memoryMb(long pid, String field) throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
            return lines.filter(line -> line.startsWith(field + ":"))
                            .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                            .findFirst()
                            .orElseThrow()
                    * 1024
                    / 1e6;
        }
    }
}
