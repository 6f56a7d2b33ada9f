package io.espalier.replication.archive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.registry.client.RegistryClient;
import io.espalier.registry.endpoint.RegistryEndpoint;
import io.espalier.relay.protocol.ManifestPart;
import io.espalier.replication.image.ImageClosure;
import io.espalier.replication.image.ImageException;
import io.espalier.replication.image.ImageName;
import io.espalier.testkit.process.ChildProcess;
import io.espalier.testkit.process.ProcessPlan;
import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.ImageFiles;
import io.espalier.testkit.registry.ImagePusher;
import io.espalier.testkit.registry.RegistryServer;
import io.espalier.testkit.registry.SampleBlob;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import io.espalier.testkit.registry.Skopeo;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Archives, pushed into a real docker-registry. */
@RequiresProgram("docker-registry")
@TestInstance(Lifecycle.PER_CLASS)
class ArchivePushTest {
    private Path folder;

    private RegistryServer server;
    private RegistryClient registry;
    private ImagePusher reader;

    @BeforeAll
    void start(@TempDir Path shared) throws Exception {
        folder = shared;
        server = RegistryServer.in(folder.resolve("registry")).start();
        registry = RegistryClient.of(RegistryEndpoint.allowingPlainHttp(server.uri()));
        reader = ImagePusher.to(server.uri());
    }

    @AfterAll
    void stop() throws IOException {
        registry.close();
        server.close();
        try (Stream<Path> left = Files.list(folder.resolve("temporary"))) {
            assertThat(left).as("temporary files").isEmpty();
        }
    }

    private Path file(String name) {
        return folder.resolve(name);
    }

    private String push(Path file, String name) throws ImageException {
        return new ArchivePush(registry, folder.resolve("temporary")).push(file, ImageName.parse(name));
    }

    private void assertPushed(SampleImage image, String repository, String tag) {
        assertThat(reader.digestOf(repository, tag)).isEqualTo(image.digest());
        for (SampleBlob blob : image.blobs()) {
            assertThat(reader.readBlob(repository, blob.digest())).isEqualTo(blob.digest() + " " + blob.size());
        }
    }

    @Test
    void ociLayoutIsPushedByteForByte() throws Exception {
        SampleImage image = SampleImages.index(
                SampleImages.oci(1, 10_000, 0), SampleImages.index(SampleImages.ociFor("linux/arm64", 2, 300)));
        Path tar = ImageFiles.ociTar(image, "1", file("oci.tar"));

        assertThat(push(tar, "arch/oci:1")).isEqualTo(image.digest());
        assertPushed(image, "arch/oci", "1");
    }

    @Test
    void lookingAtAnArchivePushesNothing() throws Exception {
        SampleImage image = SampleImages.oci(2, 50_000, 70_000);
        Path file = ImageFiles.ociTar(image, "v1", file("looked-at.tar"));

        ImageClosure found =
                new ArchivePush(registry, folder.resolve("temporary")).look(file, ImageName.parse("looked/at:v1"));

        assertThat(found.digest()).isEqualTo(image.digest());
        assertThat(found.bytes())
                .isEqualTo(image.blobs().stream().mapToLong(SampleBlob::size).sum());
        assertThat(found.manifests()).extracting(ManifestPart::digest).containsExactly(image.digest());
        assertThat(reader.digestOf("looked/at", "v1")).isEmpty();
    }

    @Test
    void archivesInGzipFramingAreUnpacked() throws Exception {
        SampleImage image = SampleImages.oci(3, 100_000);
        Path tar = ImageFiles.ociTar(image, "1", file("plain.tar"));

        assertThat(push(zipped(tar), "arch/zipped:1")).isEqualTo(image.digest());
        assertPushed(image, "arch/zipped", "1");
    }

    private Path zipped(Path tar) throws IOException {
        Path zipped = file(tar.getFileName() + ".gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(zipped))) {
            Files.copy(tar, out);
        }
        return zipped;
    }

    @Test
    void dockerSaveBecomesAnImageWithTheSameConfigurationAndLayers() throws Exception {
        SampleImage image = SampleImages.docker(4, 50_000, 0, 20_000);
        Path tar = ImageFiles.dockerSave(image, "app:1", file("save.tar"));
        String digest = push(tar, "arch/save:1");

        assertThat(reader.digestOf("arch/save", "1")).isEqualTo(digest);
        String manifest = reader.request(
                        "GET", "/v2/arch/save/manifests/1", Map.of("Accept", SampleImages.DOCKER_MANIFEST))
                .text();
        assertThat(manifest).contains(image.config().get(0).digest());
        assertThat(push(tar, "arch/save:again"))
                .as("the same archive gives the same digest")
                .isEqualTo(digest);
    }

    @Test
    @RequiresProgram("skopeo")
    void archivesOfSkopeoArePushed() throws Exception {
        SampleImage image = SampleImages.docker(5, 30_000, 4_000);
        reader.push(image, "arch/source", "1");
        String source = "docker://" + server.host() + "/arch/source:1";
        Skopeo.plain().copy(source, "oci-archive:" + file("skopeo-oci.tar") + ":1");
        assertThat(push(file("skopeo-oci.tar"), "arch/skopeo-oci:1")).isEqualTo(image.digest());

        skopeoDockerArchive(source);
        String digest = push(file("skopeo-docker.tar"), "arch/skopeo-docker:1");
        assertThat(Skopeo.plain().digest("docker://" + server.host() + "/arch/skopeo-docker:1"))
                .isEqualTo(digest);
        Skopeo.plain()
                .copy("docker://" + server.host() + "/arch/skopeo-docker:1", "oci-archive:" + file("back.tar") + ":1");
    }

    private void skopeoDockerArchive(String source) {
        try (ChildProcess skopeo = ProcessPlan.command(
                        "skopeo",
                        "copy",
                        "--src-tls-verify=false",
                        source,
                        "docker-archive:" + file("skopeo-docker.tar") + ":app:1")
                .start()) {
            assertThat(skopeo.awaitExit(Duration.ofMinutes(1)))
                    .as(String.join("\n", skopeo.output()))
                    .isZero();
        }
    }

    @Test
    void pushedAgainItSendsNoBlob() throws Exception {
        SampleImage image = SampleImages.oci(6, 200_000);
        Path tar = ImageFiles.ociTar(image, "1", file("twice.tar"));
        push(tar, "arch/twice:1");
        long sent = registry.counters().bytesOut();
        push(tar, "arch/twice:2");

        assertThat(registry.counters().bytesOut() - sent).isLessThan(20_000);
    }

    private AbstractThrowableAssert<?, ?> refusal(Path file, String repository) {
        AbstractThrowableAssert<?, ?> thrown = assertThatThrownBy(() -> push(file, repository + ":1"))
                .isInstanceOfSatisfying(
                        ImageException.class,
                        e -> assertThat(e.code()).as(e.sentence()).isEqualTo(ImageException.Code.REFUSED));
        assertThat(reader.digestOf(repository, "1")).as("nothing is visible").isEmpty();
        return thrown;
    }

    @Test
    void archiveThatIsCutOffIsRefused() throws Exception {
        SampleImage image = SampleImages.oci(7, 100_000);
        byte[] whole = Files.readAllBytes(ImageFiles.ociTar(image, "1", file("whole.tar")));
        for (int length : new int[] {0, 100, 512, whole.length / 2, whole.length - 1_024}) {
            Path cut = Files.write(file("cut-" + length + ".tar"), Arrays.copyOf(whole, length));
            refusal(cut, "arch/cut").hasMessageContaining(cut.toString());
        }
        byte[] zipped = Files.readAllBytes(zipped(file("whole.tar")));
        Path cut = Files.write(file("cut.tar.gz"), Arrays.copyOf(zipped, zipped.length / 2));
        refusal(cut, "arch/cut").hasMessageContaining("cut off");
    }

    @Test
    void archiveThatLacksABlobIsRefused() throws Exception {
        SampleImage image = SampleImages.oci(8, 100);
        try (TestTar tar = new TestTar(file("lacking.tar"))) {
            layoutOf(tar, image);
            tar.file("blobs/sha256/" + hex(image.digest()), image.manifest());
        }
        refusal(file("lacking.tar"), "arch/lacking")
                .hasMessageContaining(image.config().get(0).digest());
    }

    private static void layoutOf(TestTar tar, SampleImage image) throws IOException {
        tar.file("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(UTF_8));
        tar.file("index.json", index(image).getBytes(UTF_8));
    }

    private static String index(SampleImage image) {
        return "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"" + image.mediaType() + "\",\"digest\":\""
                + image.digest() + "\",\"size\":" + image.manifestSize() + "}]}";
    }

    private static String hex(String digest) {
        return digest.substring(digest.indexOf(':') + 1);
    }

    @Test
    void blobWithAFlippedBitIsRefused() throws Exception {
        SampleImage image = SampleImages.oci(9, 100_000);
        Path tar = ImageFiles.ociTar(image, "1", file("flipped.tar"));
        try (RandomAccessFile open = new RandomAccessFile(tar.toFile(), "rw")) {
            open.seek(60_000);
            int old = open.read();
            open.seek(60_000);
            open.write(old ^ 4);
        }
        refusal(tar, "arch/flipped").hasMessageContaining("sha256:");
    }

    @Test
    void layerOfDockerSaveWithAnotherDigestIsRefused() throws Exception {
        SampleImage image = SampleImages.docker(10, 100_000);
        Path tar = ImageFiles.dockerSave(image, "app:1", file("wrong-layer.tar"));
        try (RandomAccessFile open = new RandomAccessFile(tar.toFile(), "rw")) {
            open.seek(60_000);
            int old = open.read();
            open.seek(60_000);
            open.write(old ^ 4);
        }
        refusal(tar, "arch/wrong").hasMessageContaining("damaged");
    }

    @Test
    void namesThatPointOutOfTheArchiveAreRefused() throws Exception {
        for (String name : new String[] {"../evil", "/etc/passwd", "a/../../b", "a\\b"}) {
            try (TestTar tar = new TestTar(file("evil.tar"))) {
                tar.file(name, new byte[] {1});
            }
            refusal(file("evil.tar"), "arch/evil").hasMessageContaining("points out of it");
        }
        try (TestTar tar = new TestTar(file("evil.tar"))) {
            tar.link("layer.tar", "../../etc/passwd");
        }
        refusal(file("evil.tar"), "arch/evil").hasMessageContaining("points out of it");
    }

    @Test
    void otherFilesAreRefused() throws Exception {
        refusal(Files.writeString(file("text.tar"), "no tar ".repeat(200)), "arch/other")
                .hasMessageContaining("no tar file");
        refusal(file("not-there.tar"), "arch/other").hasMessageContaining("no such file");
        try (TestTar tar = new TestTar(file("strange.tar"))) {
            tar.file("readme.txt", "hello".getBytes(UTF_8));
        }
        refusal(file("strange.tar"), "arch/other").hasMessageContaining("docker save");
        try (TestTar tar = new TestTar(file("device.tar"))) {
            tar.header("dev/null", 0, '3', "");
        }
        refusal(file("device.tar"), "arch/other").hasMessageContaining("type 3");
    }

    @Test
    void malformedManifestJsonIsRefused() throws Exception {
        for (String json : new String[] {"", "{}", "[]", "[{}]", "[{\"Config\":\"x\",\"Layers\":[]}]", "[1"}) {
            try (TestTar tar = new TestTar(file("json.tar"))) {
                tar.file("manifest.json", json.getBytes(UTF_8));
            }
            refusal(file("json.tar"), "arch/json").hasMessageContaining("json.tar");
        }
    }

    @Test
    void impossibleSizesAreRefused() throws Exception {
        try (TestTar tar = new TestTar(file("huge.tar"))) {
            tar.header("manifest.json", 8_000_000_000L, '0', "");
        }
        refusal(file("huge.tar"), "arch/huge").hasMessageContaining("cut off");
        try (TestTar tar = new TestTar(file("large.tar"))) {
            tar.file("manifest.json", new byte[5 << 20]);
        }
        refusal(file("large.tar"), "arch/huge").hasMessageContaining("manifest.json");
    }

    @Test
    void layersThatAreLinksToOthersAreFollowed() throws Exception {
        SampleImage image = SampleImages.docker(11, 3_000);
        SampleBlob layer = image.plainLayers().get(0);
        String config = "{\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"" + layer.digest() + "\",\"" + layer.digest()
                + "\"]}}";
        try (TestTar tar = new TestTar(file("links.tar"))) {
            tar.file("one/layer.tar", layer.bytes());
            tar.link("two/layer.tar", "../one/layer.tar");
            tar.file("c.json", config.getBytes(UTF_8));
            tar.file(
                    "manifest.json",
                    "[{\"Config\":\"c.json\",\"Layers\":[\"one/layer.tar\",\"two/layer.tar\"]}]".getBytes(UTF_8));
        }
        push(file("links.tar"), "arch/links:1");

        assertThat(reader.digestOf("arch/links", "1")).isNotEmpty();
    }

    @Test
    void oneOfSeveralImagesIsChosenByName() throws Exception {
        SampleImage one = SampleImages.oci(12, 100);
        SampleImage two = SampleImages.oci(13, 100);
        try (TestTar tar = new TestTar(file("several.tar"))) {
            tar.file("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(UTF_8));
            tar.file("index.json", twoNamed(one, two).getBytes(UTF_8));
            for (SampleImage image : new SampleImage[] {one, two}) {
                tar.file("blobs/sha256/" + hex(image.digest()), image.manifest());
                for (SampleBlob blob : image.blobs()) {
                    if (!blob.equals(one.config().get(0)) || image.equals(one)) {
                        tar.file("blobs/sha256/" + blob.hex(), blob.bytes());
                    }
                }
            }
        }
        assertThat(push(file("several.tar"), "arch/several:blue")).isEqualTo(two.digest());
        refusal(file("several.tar"), "arch/unknown").hasMessageContaining("green, blue");
    }

    private static String twoNamed(SampleImage one, SampleImage two) {
        String entry = "{\"mediaType\":\"" + one.mediaType() + "\",\"digest\":\"%s\",\"size\":%d,\"annotations\":"
                + "{\"org.opencontainers.image.ref.name\":\"%s\"}}";
        return "{\"schemaVersion\":2,\"manifests\":["
                + String.format(Locale.ROOT, entry, one.digest(), one.manifestSize(), "green") + ","
                + String.format(Locale.ROOT, entry, two.digest(), two.manifestSize(), "blue") + "]}";
    }

    @Test
    void longNamesOfBothKindsAreRead() throws Exception {
        String longName = "a".repeat(150) + "/layer.tar";
        try (TestTar tar = new TestTar(file("long.tar"))) {
            tar.paxFile(longName, "pax".getBytes(UTF_8));
            tar.gnuFile("g" + longName, "gnu".getBytes(UTF_8));
        }
        try (TarFile tar = TarFile.open(file("long.tar"), folder);
                InputStream pax = tar.open(longName);
                InputStream gnu = tar.open("g" + longName)) {
            assertThat(pax).hasContent("pax");
            assertThat(gnu).hasContent("gnu");
        }
    }
}
