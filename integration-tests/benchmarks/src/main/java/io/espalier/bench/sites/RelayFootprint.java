package io.espalier.bench.sites;

import io.espalier.bench.report.Benchmark;
import io.espalier.bench.report.Report;
import io.espalier.bench.stub.StubEndsMain;
import io.espalier.testkit.kernel.KernelHome;
import io.espalier.testkit.process.ChildProcess;
import io.espalier.testkit.process.ProcessPlan;
import io.espalier.testkit.registry.RegistryServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;

/**
 * Layers of 2 GB through one relay on this machine, TLS and hashing on, from a stub parent that makes them in memory to a stub child
 * that throws them away: the relay's resident memory, the bytes that it passes on for each second of its processor time, and,
 * with a real registry beside it, its rate into that against the registry's own rate for the same bytes put by a plain client.
 */
public final class RelayFootprint implements Benchmark {
    private static final long LAYER = 2_000_000_000L;
    private static final int LAYERS = 2;
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final String STUB_MEMORY = "-Xmx192m";

    private final Path home;

    public RelayFootprint(Path home) {
        this.home = home;
    }

    /**
     * How one layer passed.
     *
     * @param seconds from the order to the relay's word that the image is in its registry
     * @param childSeconds from the first chunk to the stub child's last one
     * @param uploadSeconds from the first chunk to the relay's word
     * @param userSeconds the relay's processor time in user mode
     * @param systemSeconds the same in the kernel
     * @param idleShare of the machine's processors meanwhile
     */
    record Layer(
            double seconds,
            double childSeconds,
            double uploadSeconds,
            double userSeconds,
            double systemSeconds,
            double idleShare) {
        double mbPerCpuSecond() {
            return LAYER / 1e6 / (userSeconds + systemSeconds);
        }
    }

    /** A relay's life: its memory before, and at most, and its layers; the first one meets a JVM that has compiled nothing yet. */
    record Passed(double idlePeakMb, double peakMb, List<Layer> layers) {
        Layer first() {
            return layers.get(0);
        }

        Layer second() {
            return layers.get(1);
        }
    }

    @Override
    public Report run() throws Exception {
        Passed stub = pass(false);
        Passed real = pass(true);
        double put = plainPut();
        System.out.println("stub registry " + stub + "\nreal registry " + real + "\nplain put " + put + " s");
        return new Report()
                .atMost("rss_mb", Math.max(stub.peakMb(), real.peakMb()), 160)
                .atLeast("mb_per_cpu_s", stub.first().mbPerCpuSecond(), 300)
                .atLeast("to_registry_put_rate", put / real.first().uploadSeconds(), 0.8)
                .detail("mb_per_cpu_s_second_layer", stub.second().mbPerCpuSecond())
                .detail("to_registry_put_rate_second_layer", put / real.second().uploadSeconds())
                .detail("kernel_flags", Files.readAllLines(home.resolve("etc/profiles/registry-node.jvm")))
                .detail("with_stub_registry", stub)
                .detail("with_real_registry", real)
                .detail("plain_put_s", put);
    }

    Passed pass(boolean realRegistry) throws IOException {
        try (WorkFolder work = WorkFolder.create();
                SinkRegistry sink = SinkRegistry.open()) {
            if (!realRegistry) {
                return pass(work.path(), "http://127.0.0.1:" + sink.port());
            }
            try (RegistryServer registry =
                    RegistryServer.in(work.path().resolve("registry")).start()) {
                return pass(work.path(), registry.uri().toString());
            }
        }
    }

    private Passed pass(Path work, String registry) throws IOException {
        List<String> arguments = List.of(work.resolve("ends").toString(), Long.toString(LAYER));
        try (ChildProcess ends = ProcessPlan.java(StubEndsMain.class, List.of(STUB_MEMORY), arguments)
                .start()) {
            MatchResult door = ends.awaitLine("door ([0-9]+) (\\S+)", LIMIT);
            KernelHome relay = KernelHome.install(home, work.resolve("relay"), List.of());
            relay.configure("kernel", Map.of("endpoint-port", 0));
            relay.configure(
                    "image.relay",
                    Map.of(
                            "name",
                            "site-1",
                            "host",
                            "127.0.0.1",
                            "port",
                            0,
                            "registry-url",
                            registry,
                            "spool-bytes",
                            2 * LAYER + (1 << 20),
                            "master",
                            "127.0.0.1:" + door.group(1),
                            "join-token",
                            door.group(2)));
            try (ChildProcess kernel = relay.start("registry-node")) {
                ends.awaitLine("connected", LIMIT);
                return measured(ends, new ProcessUse(kernel.pid()));
            }
        }
    }

    private static Passed measured(ChildProcess ends, ProcessUse relay) throws IOException {
        double idle = relay.peakMb();
        List<Layer> layers = new ArrayList<>();
        for (int layer = 1; layer <= LAYERS; layer++) {
            tell(ends, "make " + layer);
            ends.awaitLine("made " + layer, LIMIT);
            ProcessUse.Snapshot before = relay.now();
            tell(ends, "pass " + layer);
            MatchResult passed = ends.awaitLine("passed " + layer + " ([0-9]+) ([0-9]+) ([0-9]+) ([0-9]+)", LIMIT);
            ProcessUse.Snapshot after = relay.now();
            layers.add(new Layer(
                    seconds(passed, 1, 4),
                    seconds(passed, 2, 3),
                    seconds(passed, 2, 4),
                    after.userSeconds() - before.userSeconds(),
                    after.systemSeconds() - before.systemSeconds(),
                    after.idleShareSince(before)));
        }
        return new Passed(idle, relay.peakMb(), layers);
    }

    private static void tell(ChildProcess ends, String order) throws IOException {
        ends.input().write((order + "\n").getBytes(StandardCharsets.US_ASCII));
        ends.input().flush();
    }

    private static double seconds(MatchResult line, int from, int to) {
        return (Long.parseLong(line.group(to)) - Long.parseLong(line.group(from))) / 1e9;
    }

    private static double plainPut() throws IOException, InterruptedException {
        try (WorkFolder work = WorkFolder.create();
                RegistryServer registry =
                        RegistryServer.in(work.path().resolve("registry")).start()) {
            Path layer = work.path().resolve("layer");
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
        }
    }
}
