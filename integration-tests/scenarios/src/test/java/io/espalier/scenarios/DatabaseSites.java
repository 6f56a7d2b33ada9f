package io.espalier.scenarios;

import io.espalier.kafka.embedded.LoopbackPorts;
import io.espalier.testkit.kernel.KernelHome;
import io.espalier.testkit.registry.ImagePusher;
import io.espalier.testkit.registry.RegistryServer;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.Skopeo;
import io.espalier.testkit.replication.RelayCluster;
import io.espalier.testkit.replication.RelaySite;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/** A master (site 0) and two nodes with slow uplinks, so that a transfer has a middle. */
final class DatabaseSites implements AutoCloseable {
    static final int MASTER = 0;
    static final Duration SOON = Duration.ofSeconds(60);
    private static final int SITES = 3;
    private static final long UPLINK = 2_000_000;
    private static final Duration LOOK = Duration.ofMillis(200);

    final RelayCluster cluster;

    DatabaseSites(Path folder) {
        List<RelaySite> sites = new ArrayList<>();
        for (int site = 0; site < SITES; site++) {
            sites.add(new RelaySite(
                            "site-" + site,
                            "127.0.0.1",
                            LoopbackPorts.free(),
                            LoopbackPorts.free(),
                            RegistryServer.in(folder.resolve("registry-" + site)),
                            Map.of(),
                            List.of())
                    .with("uplink-bytes-per-second", UPLINK));
        }
        cluster = RelayCluster.prepare(sites, LoopbackPorts.free(), KernelHome.built(), folder.resolve("kernels"));
    }

    void push(SampleImage image, String repository, String tag) {
        ImagePusher.to(cluster.registry(MASTER).uri()).push(image, repository, tag);
    }

    /** Waits until the registries of all sites have the image under its tag, by what they themselves say. */
    void awaitEverywhere(SampleImage image, String repository, String tag, Duration limit) {
        for (int site = 0; site < SITES; site++) {
            String name = "docker://" + cluster.registry(site).host() + "/" + repository + ":" + tag;
            Awaitility.await(name).atMost(limit).pollInterval(LOOK).until(() -> digest(name), image.digest()::equals);
        }
    }

    private static String digest(String name) {
        try {
            return Skopeo.plain().digest(name);
        } catch (AssertionError notYet) {
            return "";
        }
    }

    /** An image's digest as {@code image:status} shortens it. */
    static String shown(SampleImage image) {
        return image.digest().substring(0, "sha256:".length() + 12);
    }

    /** Waits until the master's shell answers a command with these words. */
    String awaitAnswer(String command, String words) {
        String[] last = {""};
        try {
            return Awaitility.await()
                    .atMost(SOON)
                    .pollInterval(LOOK)
                    .until(() -> last[0] = cluster.home(MASTER).exec(command).text(), text -> text.contains(words));
        } catch (org.awaitility.core.ConditionTimeoutException e) {
            throw new AssertionError(
                    "'" + command + "' did not answer '" + words + "' within " + SOON + " but:\n" + last[0], e);
        }
    }

    /** Waits until a node has begun to receive an image. */
    void awaitReceiving(String image) {
        awaitAnswer("image:status " + image, "receiving");
    }

    /** Waits until the master knows that all sites have an image. */
    void awaitDone(String image) {
        awaitAnswer("image:status " + image, "  done  transfer ");
    }

    /** What the master's log has since a mark. */
    List<String> log(long mark) {
        try {
            return Files.readAllLines(logFile()).stream().skip(mark).toList();
        } catch (IOException e) {
            throw new UncheckedIOException("Tried to read the master's log.", e);
        }
    }

    /** How many lines the master's log has. */
    long mark() {
        return log(0).size();
    }

    private Path logFile() {
        return cluster.home(MASTER).folder().resolve("log/espalier.log");
    }

    @Override
    public void close() {
        cluster.close();
    }
}
