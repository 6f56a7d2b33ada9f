package io.espalier.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.kafka.embedded.LoopbackPorts;
import io.espalier.testkit.kernel.KernelHome;
import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.ImageFiles;
import io.espalier.testkit.registry.ImagePusher;
import io.espalier.testkit.registry.RegistryServer;
import io.espalier.testkit.registry.SampleBlob;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import io.espalier.testkit.registry.Skopeo;
import io.espalier.testkit.replication.RelayCluster;
import io.espalier.testkit.replication.RelaySite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three registries, each with a kernel and its relay, as an operator runs them; looked at through the registries, skopeo and the shell.
 * The first is the master. All tests use one cluster, each a repository of its own.
 */
@Tag("scenario")
@RequiresProgram("docker-registry")
@RequiresProgram("skopeo")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RegistryReplicationScenarioTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int MASTER = 0;
    private static final List<Integer> SITES = List.of(0, 1, 2);

    @TempDir
    private static Path folder;

    private RelayCluster cluster;

    @BeforeAll
    void start() {
        List<RelaySite> sites = new ArrayList<>();
        for (int site : SITES) {
            sites.add(new RelaySite(
                    "site-" + site,
                    "127.0.0.1",
                    LoopbackPorts.free(),
                    LoopbackPorts.free(),
                    RegistryServer.in(folder.resolve("registry-" + site)),
                    Map.of(),
                    List.of()));
        }
        cluster = RelayCluster.prepare(sites, LoopbackPorts.free(), KernelHome.built(), folder.resolve("kernels"));
        cluster.start(Map.of());
    }

    @AfterAll
    void stop() {
        cluster.close();
    }

    @Test
    void whatIsPushedToTheMasterIsInEveryRegistryByteForByte() {
        SampleImage inner = SampleImages.index(SampleImages.ociFor("linux/arm64", 12, 200_000));
        SampleImage flat = SampleImages.index(SampleImages.oci(10, 300_000, 900_000), SampleImages.withoutLayers(11));
        SampleImage nested = SampleImages.index(flat, inner);
        SampleImage empty = SampleImages.withZeroByteLayer("application/vnd.acme.empty");
        pusher(MASTER).push(empty, "whole/empty", "v1");
        pusher(MASTER).push(flat, "whole/app", "v1");
        pusher(MASTER).push(nested, "whole/nested", "v1");

        for (int site : SITES) {
            awaitTag(site, "whole/app", "v1", flat.digest());
            awaitTag(site, "whole/empty", "v1", empty.digest());
            awaitTag(site, "whole/nested", "v1", nested.digest());
            requireWhole(site, "whole/nested", nested);
            String source = "docker://" + cluster.registry(site).host() + "/whole/app:v1";
            Skopeo.plain().copy(source, "oci:" + folder.resolve("pulled-" + site) + ":v1");
            assertThat(Skopeo.plain().digest(source)).isEqualTo(flat.digest());
        }
        assertThat(cluster.onMaster("image:verify whole/nested:v1")).contains("right at 3 of 3");
    }

    /** skopeo copies no index of indexes, so each part is read by itself. */
    private void requireWhole(int site, String repository, SampleImage image) {
        for (SampleImage part : image.withChildren()) {
            assertThat(digest(site, repository, part.digest())).isEqualTo(part.digest());
        }
        for (SampleBlob blob : image.blobs()) {
            assertThat(pusher(site).readBlob(repository, blob.digest())).isEqualTo(blob.digest() + " " + blob.size());
        }
    }

    @Test
    void aSignatureIsThereBeforeTheTagThatItSigns() throws Exception {
        SampleImage image = SampleImages.oci(20, 2_000_000);
        SampleImage signature = SampleImages.cosignSignature(image);
        SampleImage bill = SampleImages.referrer(image, "application/vnd.acme.sbom", 21, 50_000);
        ImagePusher master = pusher(MASTER);
        master.pushUntagged(image, "signed/app");
        master.push(signature, "signed/app", SampleImages.signatureTag(image));
        master.pushReferrer(bill, image, "signed/app");
        AtomicBoolean over = new AtomicBoolean();
        CountDownLatch begun = new CountDownLatch(2);
        ExecutorService watchers = Executors.newFixedThreadPool(2);
        try {
            List<Future<Looks>> looks = List.of(
                    watchers.submit(() -> watch(1, image, begun, over)),
                    watchers.submit(() -> watch(2, image, begun, over)));
            assertThat(begun.await(20, TimeUnit.SECONDS))
                    .as("both sites are watched")
                    .isTrue();
            master.pushManifest(image, "signed/app", "v1");
            for (int site : SITES) {
                awaitTag(site, "signed/app", "v1", image.digest());
                awaitTag(site, "signed/app", SampleImages.signatureTag(image), signature.digest());
                assertThat(pusher(site).digestOf("signed/app", bill.digest())).isEqualTo(bill.digest());
                assertThat(pusher(site)
                                .request(
                                        "GET",
                                        "/v2/signed/app/manifests/" + image.fallbackTag(),
                                        Map.of("Accept", SampleImages.OCI_INDEX))
                                .text())
                        .contains(bill.digest());
            }
            over.set(true);
            for (Future<Looks> site : looks) {
                Looks seen = site.get(20, TimeUnit.SECONDS);
                assertThat(seen.untagged()).as("looks before the tag").isPositive();
                assertThat(seen.tagged()).as("looks after it").isPositive();
                assertThat(seen.unsigned())
                        .as("looks that found the tag without its signature")
                        .isZero();
            }
        } finally {
            watchers.shutdownNow();
        }
    }

    /** How often a site was looked at without the tag, with it, and with it but without its signature. */
    private record Looks(int untagged, int tagged, int unsigned) {}

    /** Looks again and again until it is over and the tag was seen. */
    private Looks watch(int site, SampleImage image, CountDownLatch begun, AtomicBoolean over) {
        int untagged = 0;
        int tagged = 0;
        int unsigned = 0;
        while (!Thread.currentThread().isInterrupted() && (!over.get() || tagged == 0)) {
            if (!digest(site, "signed/app", "v1").equals(image.digest())) {
                untagged++;
                if (untagged == 1) {
                    begun.countDown();
                }
                continue;
            }
            tagged++;
            unsigned +=
                    digest(site, "signed/app", SampleImages.signatureTag(image)).isEmpty() ? 1 : 0;
        }
        return new Looks(untagged, tagged, unsigned);
    }

    @Test
    void aTagThatIsOverwrittenManyTimesEndsAtTheNewestEverywhere() {
        SampleImage last = SampleImages.oci(0, 100_000);
        for (int i = 1; i <= 20; i++) {
            last = SampleImages.oci(30 + i, 100_000);
            pusher(MASTER).push(last, "storm/app", "latest");
        }
        SampleImage same = last;
        for (int i = 0; i < 5; i++) {
            pusher(MASTER).push(same, "storm/app", "tag-" + i);
        }
        for (int site : SITES) {
            awaitTag(site, "storm/app", "latest", same.digest());
            for (int i = 0; i < 5; i++) {
                awaitTag(site, "storm/app", "tag-" + i, same.digest());
            }
        }
    }

    @Test
    void aNodeThatWasKilledCatchesUpByItself() {
        cluster.killKernel(2);
        SampleImage image = SampleImages.oci(60, 3_000_000);
        pusher(MASTER).push(image, "killed/app", "v1");
        awaitTag(1, "killed/app", "v1", image.digest());
        assertThat(digest(2, "killed/app", "v1")).isEmpty();

        cluster.startKernel(2);

        awaitTag(2, "killed/app", "v1", image.digest());
        cluster.awaitConnected();
    }

    @Test
    void nodesAndPlansSurviveAKilledMaster() {
        List<String> tree = edges(cluster.onMaster("tree:show"));
        cluster.killKernel(MASTER);
        cluster.startKernel(MASTER);
        cluster.awaitConnected();
        assertThat(edges(cluster.onMaster("tree:show"))).isEqualTo(tree).hasSize(2);

        SampleImage image = SampleImages.oci(70, 500_000);
        pusher(MASTER).push(image, "restarted/app", "v1");
        for (int site : SITES) {
            awaitTag(site, "restarted/app", "v1", image.digest());
        }
    }

    /** Nodes with their depth; the times beside them are measured again after a start. */
    private static List<String> edges(String tree) {
        return tree.lines()
                .filter(line -> line.contains("↳"))
                .map(line -> line.replaceAll("(↳ \\S+).*", "$1"))
                .sorted()
                .toList();
    }

    @Test
    void anArchiveIsPushedByTheShell() throws IOException {
        SampleImage image = SampleImages.oci(80, 400_000, 100_000);
        Path file = ImageFiles.ociTar(image, "v1", folder.resolve("image.tar"));
        cluster.onMaster("image:push " + file + " archived/app:v1");
        for (int site : SITES) {
            awaitTag(site, "archived/app", "v1", image.digest());
        }
        assertThat(cluster.onMaster("image:where archived/app:v1"))
                .contains("site-1")
                .contains("site-2");
    }

    @Test
    void aBrokenArchiveIsRefusedAndLeavesNothing() throws IOException {
        Path file = Files.writeString(folder.resolve("broken.tar"), "no tar at all");
        KernelHome.Answer answer = cluster.home(MASTER).exec("image:push " + file + " broken/app:v1");
        assertThat(answer.exit()).isNotZero();
        assertThat(answer.text()).contains("broken.tar");
        assertThat(digest(MASTER, "broken/app", "v1")).isEmpty();
    }

    private ImagePusher pusher(int site) {
        return ImagePusher.to(cluster.registry(site).uri());
    }

    private String digest(int site, String repository, String tag) {
        return pusher(site).digestOf(repository, tag);
    }

    private void awaitTag(int site, String repository, String tag, String digest) {
        Awaitility.await(repository + ":" + tag + " at site " + site)
                .atMost(SOON)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> digest(site, repository, tag).equals(digest));
    }
}
