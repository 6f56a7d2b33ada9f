package io.espalier.bench.sites;

import io.espalier.testkit.process.ChildProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.regex.MatchResult;

/** Ways to bring one image from the master to all sites, timed alike. Every run has an image of its own. */
public final class Contest {
    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final String REPOSITORY = "bench/app";

    private final Lab lab;
    private final long[] layers;
    private int runs;

    public Contest(Lab lab, long... layers) {
        this.lab = lab;
        this.layers = layers.clone();
    }

    /** What happens once the master's registry has the manifest. */
    public interface Spread {
        void spread(String repository, String tag) throws InterruptedException;
    }

    /** An image at the master whose manifest is not put yet. */
    public static final class Pushed implements AutoCloseable {
        private final ChildProcess pusher;
        private final String tag;
        private final String digest;
        private final long bytes;

        private Pushed(ChildProcess pusher, String tag, String digest, long bytes) {
            this.pusher = pusher;
            this.tag = tag;
            this.digest = digest;
            this.bytes = bytes;
        }

        public String tag() {
            return tag;
        }

        public long bytes() {
            return bytes;
        }

        long putManifest() throws IOException {
            pusher.input().write("\n".getBytes(StandardCharsets.UTF_8));
            pusher.input().flush();
            return Long.parseLong(pusher.awaitLine("put ([0-9]+)", LIMIT).group(1));
        }

        @Override
        public void close() {
            pusher.close();
        }
    }

    /** Pushes the blobs of a new image to the master's registry. */
    public Pushed prepare() {
        int run = ++runs;
        String tag = "run-" + run;
        List<Object> arguments = new ArrayList<>(
                List.of("http://127.0.0.1:" + SiteMap.REGISTRY_PORT, REPOSITORY, tag, System.nanoTime()));
        Arrays.stream(layers).forEach(arguments::add);
        ChildProcess pusher = lab.java(0, PushMain.class, arguments.toArray()).start();
        MatchResult made = pusher.awaitLine("digest (\\S+) ([0-9]+)", LIMIT);
        return new Pushed(pusher, tag, made.group(1), Long.parseLong(made.group(2)));
    }

    /** Puts the manifest, lets the image spread, and answers when it was where. */
    public Arrival run(Pushed image, List<Integer> sites, Spread spread) throws Exception {
        return run(image, () -> sites, spread);
    }

    /**
     * The same for sites that are known only once it spreads.
     *
     * @param sites asked after {@code spread} has returned
     */
    public Arrival run(Pushed image, Supplier<List<Integer>> sites, Spread spread) throws Exception {
        long[][] before = lab.sent();
        lab.watch(REPOSITORY, image.tag, image.digest);
        long begin = image.putManifest();
        spread.spread(REPOSITORY, image.tag);
        double[] seconds = sites.get().stream()
                .mapToDouble(site -> (lab.awaitArrival(site, begin) - begin) / 1e3)
                .sorted()
                .toArray();
        return new Arrival(seconds, Arrival.difference(lab.sent(), before));
    }

    /** Along a tree, each site passing on what it has whole: {@code parents[site]}, -1 at the master. */
    public Spread storeAndForward(int[] parents) {
        return (repository, tag) -> {
            ExecutorService threads = Executors.newCachedThreadPool();
            try {
                copyToChildren(0, parents, repository, tag, threads).join();
            } finally {
                threads.shutdownNow();
            }
        };
    }

    private CompletableFuture<Void> copyToChildren(
            int parent, int[] parents, String repository, String tag, ExecutorService threads) {
        List<CompletableFuture<Void>> children = new ArrayList<>();
        for (int site = 0; site < parents.length; site++) {
            if (parents[site] == parent) {
                int child = site;
                children.add(CompletableFuture.runAsync(() -> copy(parent, child, repository, tag), threads)
                        .thenCompose(done -> copyToChildren(child, parents, repository, tag, threads)));
            }
        }
        return CompletableFuture.allOf(children.toArray(CompletableFuture<?>[]::new));
    }

    /** The sender's skopeo pushes, so that the bytes leave by the sender's uplink. */
    private void copy(int from, int to, String repository, String tag) {
        String name = "/" + repository + ":" + tag;
        try (ChildProcess skopeo = lab.command(
                        from,
                        "skopeo",
                        "copy",
                        "--quiet",
                        "--src-tls-verify=false",
                        "--dest-tls-verify=false",
                        "docker://127.0.0.1:" + SiteMap.REGISTRY_PORT + name,
                        "docker://" + lab.map().name(to) + ":" + SiteMap.REGISTRY_PORT + name)
                .start()) {
            int exit = skopeo.awaitExit(LIMIT);
            if (exit != 0) {
                throw new IllegalStateException("skopeo from site " + from + " to " + to + " ended with " + exit + ": "
                        + String.join("\n", skopeo.output()));
            }
        }
    }
}
