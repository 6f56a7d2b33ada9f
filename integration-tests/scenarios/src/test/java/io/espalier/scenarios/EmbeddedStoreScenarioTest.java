package io.espalier.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.kafka.embedded.LoopbackPorts;
import io.espalier.testkit.kernel.KernelHome;
import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.ImageFiles;
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
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A tree of three kernels on a machine without any registry: images come in from files, and skopeo pulls from the leaves. */
@Tag("scenario")
@RequiresProgram("skopeo")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EmbeddedStoreScenarioTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final List<Integer> SITES = List.of(0, 1, 2);

    @TempDir
    private static Path folder;

    private final List<Integer> stores = new ArrayList<>();
    private RelayCluster cluster;

    @BeforeAll
    void start() {
        List<RelaySite> sites = new ArrayList<>();
        for (int site : SITES) {
            stores.add(LoopbackPorts.free());
            sites.add(RelaySite.embedded("site-" + site, LoopbackPorts.free(), LoopbackPorts.free(), stores.get(site)));
        }
        cluster = RelayCluster.prepare(sites, LoopbackPorts.free(), KernelHome.built(), folder.resolve("kernels"));
        cluster.start(Map.of());
    }

    @AfterAll
    void stop() {
        cluster.close();
    }

    private String source(int site, String image) {
        return "docker://127.0.0.1:" + stores.get(site) + "/" + image;
    }

    private void push(SampleImage image, String name) throws IOException {
        Path file = ImageFiles.ociTar(
                image, "v1", folder.resolve(name.replace('/', '-').replace(':', '-') + ".tar"));
        cluster.onMaster("image:push " + file + " " + name);
    }

    private void awaitEverywhere(String image) {
        Awaitility.await(image + " right at all sites").atMost(SOON).untilAsserted(() -> assertThat(
                        cluster.onMaster("image:verify " + image))
                .contains("right at 3 of 3"));
    }

    @Test
    void anImageFromAFileIsPulledFromALeaf() throws Exception {
        SampleImage image = SampleImages.index(
                SampleImages.oci(1, 3_000_000, 500_000), SampleImages.ociFor("linux/arm64", 2, 2_000_000));
        push(image, "demo/app:v1");
        awaitEverywhere("demo/app:v1");

        for (int site : SITES) {
            assertThat(Skopeo.plain().digest(source(site, "demo/app:v1"))).isEqualTo(image.digest());
        }
        Path pulled = folder.resolve("pulled");
        Skopeo.plain().copy(source(2, "demo/app:v1"), "dir:" + pulled);
        assertThat(pulled.resolve("manifest.json")).hasBinaryContent(image.manifest());
        for (SampleBlob blob : image.blobs()) {
            assertThat(pulled.resolve(blob.hex())).hasBinaryContent(blob.bytes());
        }
    }

    @Test
    void aLeafThatIsKilledHasAllItsImagesWhenItIsBack() throws Exception {
        SampleImage image = SampleImages.oci(11, 1_000_000);
        push(image, "kept/app:v1");
        awaitEverywhere("kept/app:v1");

        cluster.killKernel(1);
        cluster.startKernel(1);
        cluster.awaitConnected();

        assertThat(Skopeo.plain().digest(source(1, "kept/app:v1"))).isEqualTo(image.digest());
    }

    @Test
    void aBlobThatRotsAtALeafIsFoundAndTheNextTransferOfItHealsIt() throws Exception {
        SampleImage image = SampleImages.oci(21, 800_000);
        SampleBlob layer = image.layers().get(0);
        push(image, "rotten/app:v1");
        awaitEverywhere("rotten/app:v1");

        Path file = rot(2, layer);
        KernelHome.Answer found = cluster.home(0).exec("image:verify rotten/app:v1");
        assertThat(found.text()).contains("2 of 3");
        assertThat(found.exit()).isNotZero();

        // The master believes that all have v1, so it sends nothing for that tag; any other transfer with the blob
        // heals it.
        push(image, "rotten/app:v1-again");
        awaitEverywhere("rotten/app:v1-again");
        awaitEverywhere("rotten/app:v1");
        assertThat(file).hasBinaryContent(layer.bytes());
    }

    @Test
    void aBlobThatRotsAtALeafIsNamedByADeepCheckWhichSendsItAgain() throws Exception {
        SampleImage image = SampleImages.oci(22, 700_000, 100_000);
        SampleBlob layer = image.layers().get(0);
        push(image, "deep/app:v1");
        awaitEverywhere("deep/app:v1");

        Path file = rot(2, layer);
        KernelHome.Answer found = cluster.home(0).exec("image:verify deep/app:v1 --deep");
        assertThat(found.exit()).as(found.text()).isNotZero();
        assertThat(found.text())
                .contains("right at 2 of 3", "It is sent again to where it is WRONG")
                .containsPattern("site-2 +WRONG +" + image.digest() + " .*" + layer.digest());

        Awaitility.await("the layer right again at site 2").atMost(SOON).untilAsserted(() -> assertThat(file)
                .hasBinaryContent(layer.bytes()));
        Awaitility.await("every byte right at all sites").atMost(SOON).untilAsserted(() -> assertThat(
                        cluster.onMaster("image:verify deep/app:v1 --deep"))
                .contains("right at 3 of 3"));
    }

    /** Flips a bit in the middle of a blob's file; answers the file. */
    private Path rot(int site, SampleBlob blob) throws IOException {
        Path file = cluster.home(site).data().resolve("relay/store/blobs/sha256/" + blob.hex());
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
        return file;
    }
}
