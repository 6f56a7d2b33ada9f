package io.espalier.bench.sites;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.espalier.bench.report.Benchmark;
import io.espalier.bench.report.Report;
import io.espalier.bench.report.Samples;
import io.espalier.registry.client.RegistryClient;
import io.espalier.registry.endpoint.RegistryEndpoint;
import io.espalier.registry.name.Digest;
import io.espalier.registry.name.RepositoryName;
import io.espalier.testkit.process.ChildProcess;
import io.espalier.testkit.process.ProcessPlan;
import io.espalier.testkit.registry.RegistryServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Pulls of a layer of 1 GB from the embedded store, with the memory that a node's kernel has, against pulls of the same layer from
 * docker-registry in the same run: one at a time, and eight at once. Plain HTTP on loopback, files in the page cache, clients that read
 * and forget; alternating.
 */
public final class EmbeddedPull implements Benchmark {
    private static final long LAYER = 1_000_000_000L;
    private static final int RUNS = 5;
    private static final int AT_ONCE = 8;
    private static final String REPOSITORY = "bench/pull";
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final int BLOCK = 1 << 18;

    private final Path home;

    public EmbeddedPull(Path home) {
        this.home = home;
    }

    @Override
    public Report run() throws Exception {
        List<String> flags = flags();
        try (WorkFolder work = WorkFolder.create();
                RegistryServer registry =
                        RegistryServer.in(work.path().resolve("registry")).start()) {
            Path layer = work.path().resolve("layer");
            String digest = LayerFile.write(layer, LAYER);
            put(registry, layer, digest);
            List<String> arguments =
                    List.of(work.path().resolve("store").toString(), layer.toString(), digest, REPOSITORY);
            try (ChildProcess store =
                    ProcessPlan.java(EmbeddedStoreMain.class, flags, arguments).start()) {
                int port =
                        Integer.parseInt(store.awaitLine("port ([0-9]+)", LIMIT).group(1));
                String path = "/v2/" + REPOSITORY + "/blobs/" + digest;
                return measured(port, registry.uri().getPort(), path)
                        .detail("store_peak_mb", new ProcessUse(store.pid()).peakMb())
                        .detail("store_flags", flags);
            }
        }
    }

    private List<String> flags() throws IOException {
        return Files.readAllLines(home.resolve("etc/profiles/registry-node.jvm")).stream()
                .filter(line -> !line.startsWith("#") && !line.isBlank())
                .toList();
    }

    private static void put(RegistryServer registry, Path layer, String digest) throws Exception {
        try (RegistryClient client = RegistryClient.of(RegistryEndpoint.allowingPlainHttp(registry.uri()))) {
            client.putBlob(RepositoryName.of(REPOSITORY), Digest.of(digest), LAYER, () -> Files.newInputStream(layer));
        }
    }

    private static Report measured(int store, int registry, String path) throws Exception {
        Report report = new Report();
        for (int clients : new int[] {1, AT_ONCE}) {
            Samples ours = new Samples();
            Samples theirs = new Samples();
            for (int run = -1; run < RUNS; run++) {
                double own = megabytesPerSecond(store, path, clients);
                double peer = megabytesPerSecond(registry, path, clients);
                if (run >= 0) {
                    ours.add(own);
                    theirs.add(peer);
                }
            }
            String name = clients == 1 ? "one_pull" : AT_ONCE + "_pulls";
            report.atLeast(name + "_to_registry", ours.median() / theirs.median(), 0.9)
                    .samples(name + "_store_mb_per_s", ours)
                    .samples(name + "_registry_mb_per_s", theirs);
        }
        return report;
    }

    /** Of all clients together. */
    private static double megabytesPerSecond(int port, String path, int clients) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(clients);
        try {
            long begin = System.nanoTime();
            List<Future<Long>> pulls = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                pulls.add(threads.submit(() -> pull(port, path)));
            }
            for (Future<Long> pull : pulls) {
                if (pull.get() < LAYER) {
                    throw new IOException("A pull ended after " + pull.get() + " bytes.");
                }
            }
            return clients * LAYER / 1e6 / ((System.nanoTime() - begin) / 1e9);
        } finally {
            threads.shutdownNow();
        }
    }

    /** Bytes of the answer, its headers included. */
    private static long pull(int port, String path) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) LIMIT.toMillis());
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\nConnection: close\r\n\r\n")
                            .getBytes(ISO_8859_1));
            InputStream in = socket.getInputStream();
            byte[] block = new byte[BLOCK];
            long bytes = 0;
            for (int count = in.read(block); count >= 0; count = in.read(block)) {
                bytes += count;
            }
            return bytes;
        }
    }
}
