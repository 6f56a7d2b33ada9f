package io.espalier.replication.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.registry.client.RegistryClient;
import io.espalier.registry.endpoint.RegistryEndpoint;
import io.espalier.registry.endpoint.RetryPolicy;
import io.espalier.relay.protocol.ManifestPart;
import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.ImagePusher;
import io.espalier.testkit.registry.RegistryServer;
import io.espalier.testkit.registry.SampleBlob;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Every kind of content, read from a real docker-registry. */
@RequiresProgram("docker-registry")
@TestInstance(Lifecycle.PER_CLASS)
class ImageResolverTest {
    private Path folder;

    private RegistryServer server;
    private RegistryClient registry;
    private ImagePusher pusher;

    @BeforeAll
    void start(@TempDir Path shared) throws Exception {
        folder = shared;
        server = RegistryServer.in(folder).withoutBlobCache().start();
        registry = RegistryClient.of(
                RegistryEndpoint.allowingPlainHttp(server.uri()).retrying(RetryPolicy.NEVER));
        pusher = ImagePusher.to(server.uri());
    }

    @AfterAll
    void stop() {
        registry.close();
        server.close();
    }

    private ImageClosure resolve(String name) throws ImageException {
        return resolve(name, PlatformList.all());
    }

    private ImageClosure resolve(String name, PlatformList platforms) throws ImageException {
        return new ImageResolver(registry, platforms).resolve(ImageName.parse(name));
    }

    private static List<String> digests(ImageClosure image) {
        return image.manifests().stream().map(ManifestPart::digest).toList();
    }

    @Test
    void imageHasItsManifestConfigurationAndLayers() throws Exception {
        SampleImage image = SampleImages.oci(1, 1_000, 2_000);
        pusher.push(image, "kind/image", "1");
        ImageClosure closure = resolve("kind/image:1");

        assertThat(closure.digest()).isEqualTo(image.digest());
        assertThat(digests(closure)).containsExactly(image.digest());
        assertThat(closure.manifests().get(0).content()).isEqualTo(image.manifest());
        assertThat(closure.blobs())
                .extracting(ImageClosure.BlobRef::digest)
                .containsExactlyInAnyOrderElementsOf(
                        image.blobs().stream().map(SampleBlob::digest).toList());
        assertThat(closure.companions()).isEmpty();
    }

    @Test
    void dockerImageKeepsItsBytesAndType() throws Exception {
        SampleImage image = SampleImages.docker(2, 500);
        pusher.push(image, "kind/docker", "1");
        ImageClosure closure = resolve("kind/docker:1");

        assertThat(closure.manifests().get(0).contentType()).isEqualTo(SampleImages.DOCKER_MANIFEST);
        assertThat(closure.manifests().get(0).content()).isEqualTo(image.manifest());
    }

    @Test
    void childrenOfNestedIndexesComeBeforeTheirIndex() throws Exception {
        SampleImage amd = SampleImages.oci(3, 100);
        SampleImage arm = SampleImages.ociFor("linux/arm64", 4, 100);
        SampleImage inner = SampleImages.dockerList(arm);
        SampleImage outer = SampleImages.index(amd, inner);
        pusher.push(outer, "kind/nested", "1");

        assertThat(digests(resolve("kind/nested:1")))
                .containsExactly(amd.digest(), arm.digest(), inner.digest(), outer.digest());
    }

    @Test
    void imagesWithoutLayersAndWithEmptyBlobsAreWhole() throws Exception {
        pusher.push(SampleImages.withoutLayers(5), "kind/empty", "none");
        pusher.push(SampleImages.withZeroByteLayer("application/vnd.test.nothing"), "kind/empty", "zero");

        assertThat(resolve("kind/empty:none").blobs()).hasSize(1);
        assertThat(resolve("kind/empty:zero").blobs()).anyMatch(blob -> blob.size() == 0);
    }

    @Test
    void referrersOfReferrersAndOfChildrenComeAfterTheImageWithTheirTags() throws Exception {
        SampleImage child = SampleImages.ociFor("linux/arm64", 6, 100);
        SampleImage index = SampleImages.index(child);
        SampleImage signature = SampleImages.referrer(index, "application/vnd.test.signature", 7, 50);
        SampleImage aboutSignature = SampleImages.referrer(signature, "application/vnd.test.time", 8, 50);
        SampleImage aboutChild = SampleImages.referrer(child, "application/vnd.test.sbom", 9, 50);
        pusher.push(index, "kind/signed", "1");
        pusher.pushReferrer(signature, index, "kind/signed");
        pusher.pushReferrer(aboutSignature, signature, "kind/signed");
        pusher.pushReferrer(aboutChild, child, "kind/signed");
        ImageClosure closure = resolve("kind/signed:1");

        assertThat(digests(closure)).startsWith(child.digest(), index.digest());
        assertThat(digests(closure)).contains(signature.digest(), aboutSignature.digest(), aboutChild.digest());
        assertThat(closure.companions())
                .containsOnlyKeys(index.fallbackTag(), signature.fallbackTag(), child.fallbackTag());
        assertThat(closure.blobs()).hasSize(child.blobs().size() + 4);
    }

    @Test
    void cosignsTagsOfTheImageAndOfEveryChildAreFound() throws Exception {
        SampleImage child = SampleImages.oci(10, 100);
        SampleImage index = SampleImages.index(child);
        SampleImage signature = SampleImages.cosignSignature(index);
        SampleImage attestation = SampleImages.cosignSignature(child);
        pusher.push(index, "kind/cosign", "1");
        pusher.push(signature, "kind/cosign", SampleImages.signatureTag(index));
        pusher.push(attestation, "kind/cosign", child.fallbackTag() + ".att");

        assertThat(resolve("kind/cosign:1").companions())
                .containsEntry(SampleImages.signatureTag(index), signature.digest())
                .containsEntry(child.fallbackTag() + ".att", attestation.digest())
                .hasSize(2);
    }

    @Test
    void listOfReferrersThatNamesADeletedOneIsLeftToTheNodes() throws Exception {
        SampleImage image = SampleImages.oci(11, 100);
        SampleImage kept = SampleImages.referrer(image, "application/vnd.test.kept", 12, 50);
        SampleImage gone = SampleImages.referrer(image, "application/vnd.test.gone", 13, 50);
        pusher.push(image, "kind/stale", "1");
        pusher.pushUntagged(kept, "kind/stale");
        pusher.pushUntagged(gone, "kind/stale");
        pusher.pushManifest(SampleImages.index(kept, gone), "kind/stale", image.fallbackTag());
        pusher.request("DELETE", "/v2/kind/stale/manifests/" + gone.digest(), Map.of());
        ImageClosure closure = resolve("kind/stale:1");

        assertThat(digests(closure)).containsExactly(image.digest(), kept.digest());
        assertThat(closure.companions()).isEmpty();
    }

    @Test
    void platformFilterKeepsTheIndexAndLeavesOutOtherImages() throws Exception {
        SampleImage amd = SampleImages.oci(14, 100);
        SampleImage arm = SampleImages.ociFor("linux/arm64", 15, 100);
        SampleImage chart = SampleImages.artifact("application/vnd.test.chart", 16, 20);
        SampleImage index = SampleImages.index(amd, arm, chart);
        pusher.push(index, "kind/platforms", "1");
        ImageClosure closure = resolve("kind/platforms:1", new PlatformList(List.of("linux/amd64")));

        assertThat(digests(closure)).containsExactly(amd.digest(), chart.digest(), index.digest());
        assertThat(closure.manifests().get(2).content()).isEqualTo(index.manifest());
        assertThat(closure.leftOut()).containsExactly(arm.digest());
    }

    @Test
    void missingImageIsNamed() {
        assertThatThrownBy(() -> resolve("kind/none:1"))
                .isInstanceOfSatisfying(
                        ImageException.class, e -> assertThat(e.code()).isEqualTo(ImageException.Code.NOT_FOUND))
                .hasMessageContaining("kind/none:1");
    }

    @Test
    void blobThatTheRegistryOnlyClaimsIsFoundOut() throws Exception {
        SampleImage image = SampleImages.oci(17, 5_000);
        pusher.push(image, "kind/broken", "1");
        SampleBlob layer = image.layers().get(0);
        truncate(layer, 100);

        assertThatThrownBy(() -> resolve("kind/broken:1"))
                .isInstanceOfSatisfying(
                        ImageException.class, e -> assertThat(e.code()).isEqualTo(ImageException.Code.REFUSED))
                .hasMessageContaining("kind/broken:1")
                .hasMessageContaining(layer.digest());
    }

    private void truncate(SampleBlob blob, int bytes) throws IOException {
        try (Stream<Path> files = Files.walk(server.storage())) {
            Path data = files.filter(file -> file.endsWith(Path.of(blob.hex(), "data")))
                    .findFirst()
                    .orElseThrow();
            byte[] content = Files.readAllBytes(data);
            Files.write(data, Arrays.copyOf(content, bytes));
        }
    }

    @Test
    void subjectOfAnArtifactIsRead() throws Exception {
        SampleImage image = SampleImages.oci(18, 100);
        SampleImage signature = SampleImages.referrer(image, "application/vnd.test.signature", 19, 50);
        pusher.push(image, "kind/subject", "1");
        pusher.pushUntagged(signature, "kind/subject");
        ImageResolver resolver = new ImageResolver(registry, PlatformList.all());

        assertThat(resolver.subject(new ImageName("kind/subject", signature.digest())))
                .contains(image.digest());
        assertThat(resolver.subject(new ImageName("kind/subject", image.digest())))
                .isEmpty();
        assertThat(resolver.digest(ImageName.parse("kind/subject:1"))).contains(image.digest());
    }
}
