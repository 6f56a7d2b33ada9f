package io.espalier.registry.client;

import static io.espalier.registry.client.Given.APP;
import static io.espalier.registry.client.Given.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.registry.content.Manifest;
import io.espalier.registry.content.MediaTypes;
import io.espalier.registry.error.ErrorCode;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.name.Digest;
import io.espalier.registry.name.RepositoryName;
import io.espalier.registry.name.TagName;
import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.ImagePusher;
import io.espalier.testkit.registry.RegistryServer;
import io.espalier.testkit.registry.SampleBlob;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import io.espalier.testkit.registry.Skopeo;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@RequiresProgram("docker-registry")
class PushAndPullTest extends RegistryRig {
    private static final int KIB = 1024;
    private static final SampleBlob BLOB = SampleBlob.random("application/octet-stream", 42, 700 * KIB + 3);
    private static final Digest DIGEST = Digest.of(BLOB.digest());

    private RegistryClient client;

    @BeforeEach
    void open() throws Exception {
        client = Given.client(registry.uri());
    }

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void whatItPushesSkopeoReadsByteForByte(@TempDir Path copies) throws Exception {
        SampleImage image =
                SampleImages.index(SampleImages.oci(1, 30 * KIB, 1), SampleImages.ociFor("linux/arm64", 2, 20 * KIB));
        Given.push(client, image, "1");
        String name = "docker://" + registry.host() + "/" + APP + ":1";
        assertThat(Skopeo.plain().digest(name)).isEqualTo(image.digest());
        Skopeo.plain().copy(name, "oci:" + copies + ":1");
        for (SampleBlob blob : image.blobs()) {
            assertThat(Files.size(copies.resolve("blobs/sha256").resolve(blob.hex())))
                    .isEqualTo(blob.size());
        }
    }

    @Test
    void pushesAllKindsOfImagesAndArtifacts() throws Exception {
        SampleImage nested =
                SampleImages.index(SampleImages.dockerList(SampleImages.docker(3, KIB)), SampleImages.oci(4, 1));
        List<SampleImage> images = List.of(
                SampleImages.docker(1, KIB),
                nested,
                SampleImages.withoutLayers(5),
                SampleImages.withZeroByteLayer("application/x.empty"),
                SampleImages.artifact("application/vnd.cncf.helm.config.v1+json", 6, 10 * KIB));
        for (SampleImage image : images) {
            String tag = "t" + images.indexOf(image);
            Given.push(client, image, tag);
            assertThat(oracle.digestOf(APP.value(), tag)).isEqualTo(image.digest());
            Manifest read = client.manifest(APP, TagName.of(tag)).orElseThrow();
            assertThat(read.bytes()).isEqualTo(image.manifest());
            assertThat(read.mediaType()).isEqualTo(image.mediaType());
            for (SampleBlob blob : image.blobs()) {
                assertThat(Given.presence(client, blob)).isEqualTo(BlobPresence.PROVED);
            }
        }
        assertThat(client.tags(APP)).hasSize(images.size());
        assertThat(client.repositories()).containsExactly(APP);
    }

    @Test
    void readsRangesOfABlob() throws Exception {
        oracle.pushBlob(BLOB, APP.value());
        byte[] all = BLOB.bytes();
        for (long[] range : new long[][] {{0, BLOB.size()}, {5, 6}, {100_000, BLOB.size() - 1}, {7, 7}}) {
            try (InputStream in = client.openBlob(APP, DIGEST, range[0], range[1])) {
                assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(all, (int) range[0], (int) range[1]));
            }
        }
        failure(ErrorCode.PROTOCOL, () -> client.openBlob(APP, DIGEST, BLOB.size() + 5, BLOB.size() + 9));
    }

    @Test
    void answersWhatIsNotThere() throws Exception {
        Digest none = Digest.sha256(new byte[] {1});
        assertThat(client.manifest(APP, TagName.of("none"))).isEmpty();
        assertThat(client.manifest(APP, none)).isEmpty();
        assertThat(client.digestOf(APP, TagName.of("none"))).isEmpty();
        assertThat(client.tags(APP)).isEmpty();
        assertThat(client.repositories()).isEmpty();
        assertThat(client.blob(APP, none, 1)).isEqualTo(BlobPresence.ABSENT);
        assertThat(client.referrers(APP, none)).isEmpty();
        assertThat(client.signatureTags(APP, none)).isEmpty();
        assertThat(client.deleteManifest(APP, none)).isFalse();
        RegistryException missing = failure(ErrorCode.NOT_FOUND, () -> client.openBlob(APP, none, 0, 1));
        assertThat(missing).hasMessageContaining("BLOB_UNKNOWN").hasMessageContaining(none.toString());
    }

    @Test
    void neverCommitsBytesThatAreNotTheDigest() throws Exception {
        byte[] wrong = BLOB.bytes();
        wrong[wrong.length / 2] ^= 1;
        RegistryException failure = failure(
                ErrorCode.DIGEST_MISMATCH, () -> client.putBlob(APP, DIGEST, BLOB.size(), BlobSource.of(wrong)));
        assertThat(failure).hasMessageContaining(DIGEST.toString()).hasMessageContaining("not pushed");
        assertThat(failure.retryable()).isFalse();
        assertThat(oracle.readBlob(APP.value(), BLOB.digest())).isEmpty();
        assertThat(oracle.readBlob(APP.value(), Digest.sha256(wrong).toString()))
                .isEmpty();
        // Had the last byte been sent, the registry would have compared the digests; it saw a broken upload instead.
        assertThat(registry.output())
                .noneMatch(line -> line.contains("DIGEST_INVALID") || line.contains("digest invalid"));
    }

    @Test
    void neverCommitsTooFewOrTooManyBytes() {
        byte[] bytes = BLOB.bytes();
        byte[] less = Arrays.copyOf(bytes, bytes.length - 1);
        byte[] more = Arrays.copyOf(bytes, bytes.length + 1);
        failure(ErrorCode.SIZE_MISMATCH, () -> client.putBlob(APP, DIGEST, BLOB.size(), BlobSource.of(less)));
        failure(ErrorCode.SIZE_MISMATCH, () -> client.putBlob(APP, DIGEST, BLOB.size(), BlobSource.of(more)));
        Digest empty = Digest.sha256(new byte[0]);
        failure(ErrorCode.SIZE_MISMATCH, () -> client.putBlob(APP, empty, 0, BlobSource.of(new byte[1])));
        failure(ErrorCode.DIGEST_MISMATCH, () -> client.putBlob(APP, DIGEST, 0, BlobSource.of(new byte[0])));
        assertThat(oracle.readBlob(APP.value(), BLOB.digest())).isEmpty();
    }

    @Test
    void endsTheUploadWhenTheSourceFails() {
        BlobSource failing = () -> new FilterInputStream(new ByteArrayInputStream(new byte[200 * KIB])) {
            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                int count = super.read(target, offset, length);
                if (count < 0) {
                    throw new IOException("the spool is gone");
                }
                return count;
            }
        };
        RegistryException failure =
                failure(ErrorCode.SOURCE_FAILED, () -> client.putBlob(APP, DIGEST, BLOB.size(), failing));
        assertThat(failure).hasMessageContaining("the spool is gone");
    }

    @Test
    void cancelsTheUploadThatARefusedMountOpens() throws Exception {
        Given.put(client, APP, BLOB);
        assertThat(client.mount(APP, Digest.sha256(new byte[] {1}), RepositoryName.of("nobody")))
                .isFalse();
        // docker-registry 2.8.2 itself leaves the folder "hashstates" of a cancelled upload, but not its data.
        assertThat(uploadFiles("data")).isEmpty();
    }

    @Test
    void leavesABrokenUploadSoThatTheRegistryCanClearIt() throws Exception {
        byte[] wrong = new byte[16 * KIB * KIB];
        failure(ErrorCode.DIGEST_MISMATCH, () -> client.putBlob(APP, DIGEST, wrong.length, BlobSource.of(wrong)));
        // docker-registry 2.8.2 refuses to cancel it; it clears uploads by the date in this file.
        Awaitility.await("an upload that has its date")
                .atMost(Duration.ofSeconds(30))
                .ignoreExceptionsInstanceOf(UncheckedIOException.class) // a folder may vanish while it is read
                .untilAsserted(() -> {
                    List<Path> files = uploadFiles("");
                    assertThat(files.stream().filter(file -> file.endsWith("data")))
                            .hasSameSizeAs(files.stream()
                                    .filter(file -> file.endsWith("startedat"))
                                    .toList());
                });
    }

    private List<Path> uploadFiles(String name) throws IOException {
        Path uploads = registry.storage().resolve("docker/registry/v2/repositories/" + APP + "/_uploads");
        try (Stream<Path> left = Files.exists(uploads) ? Files.walk(uploads) : Stream.empty()) {
            return left.filter(file -> name.isEmpty() || file.endsWith(name)).toList();
        }
    }

    @Test
    void mountsFromAnotherRepository() throws Exception {
        RepositoryName other = RepositoryName.of("other");
        Given.put(client, other, BLOB);
        assertThat(Given.presence(client, BLOB)).isEqualTo(BlobPresence.ABSENT);
        long sent = client.counters().bytesOut();
        assertThat(client.mount(APP, DIGEST, other)).isTrue();
        assertThat(client.counters().bytesOut()).isEqualTo(sent);
        assertThat(Given.presence(client, BLOB)).isEqualTo(BlobPresence.PROVED);
        assertThat(client.mount(APP, Digest.sha256(new byte[] {9}), other)).isFalse();
    }

    @Test
    void provesThatAClaimedBlobIsGoneAndHealsIt() throws Exception {
        oracle.push(SampleImages.oci(1, 1), APP.value(), "1");
        Given.put(client, APP, BLOB);
        assertThat(Given.presence(client, BLOB)).isEqualTo(BlobPresence.PROVED);
        registry.garbageCollect();
        ImagePusher.Answer head = oracle.request("HEAD", "/v2/" + APP + "/blobs/" + BLOB.digest(), java.util.Map.of());
        assertThat(head.status()).as("the registry still claims the blob").isEqualTo(200);
        assertThat(Given.presence(client, BLOB)).isEqualTo(BlobPresence.CLAIMED_BUT_BROKEN);
        Given.put(client, APP, BLOB);
        assertThat(Given.presence(client, BLOB)).isEqualTo(BlobPresence.PROVED);
        assertThat(oracle.readBlob(APP.value(), BLOB.digest())).isEqualTo(BLOB.digest() + " " + BLOB.size());
    }

    @Test
    void doesNotTakeABlobOfAnotherSizeForTheSame() throws Exception {
        Given.put(client, APP, BLOB);
        assertThat(client.blob(APP, DIGEST, BLOB.size() + 1)).isEqualTo(BlobPresence.CLAIMED_BUT_BROKEN);
    }

    @Test
    void mergesReferrersIntoTheFallbackTag() throws Exception {
        SampleImage subject = SampleImages.oci(1, KIB);
        SampleImage first = SampleImages.referrer(subject, "application/spdx+json", 2, 10);
        SampleImage second = SampleImages.referrer(subject, "application/x.signature", 3, 10);
        // Before their subject, so that nobody sees the image unsigned.
        for (SampleImage referrer : List.of(first, second, first)) {
            for (SampleBlob blob : referrer.blobs()) {
                Given.put(client, APP, blob);
            }
            ManifestPut put = client.putManifest(APP, Digest.of(referrer.digest()), Given.manifest(referrer));
            assertThat(put.listing()).isEqualTo(ManifestPut.SubjectListing.BY_FALLBACK_TAG);
        }
        Given.push(client, subject, "1");
        assertThat(client.referrers(APP, Digest.of(subject.digest())))
                .extracting(found -> found.digest() + " " + found.artifactType())
                .containsExactly(
                        first.digest() + " application/spdx+json", second.digest() + " application/x.signature");
        assertThat(client.tags(APP)).extracting(TagName::value).contains(subject.fallbackTag());
    }

    @Test
    void findsCosignsTags() throws Exception {
        SampleImage image = SampleImages.oci(1, KIB);
        SampleImage signature = SampleImages.cosignSignature(image);
        oracle.push(image, APP.value(), "1");
        oracle.push(signature, APP.value(), SampleImages.signatureTag(image));
        assertThat(client.signatureTags(APP, Digest.of(image.digest())))
                .containsOnly(java.util.Map.entry(
                        TagName.of(SampleImages.signatureTag(image)), Digest.of(signature.digest())));
    }

    @Test
    void deletesAManifestWithItsTags() throws Exception {
        SampleImage image = SampleImages.oci(1, KIB);
        Given.push(client, image, "1");
        assertThat(client.deleteManifest(APP, Digest.of(image.digest()))).isTrue();
        assertThat(client.digestOf(APP, TagName.of("1"))).isEmpty();
    }

    @Test
    void deletesOneTagAndKeepsTheOthers() throws Exception {
        SampleImage image = SampleImages.oci(1, KIB);
        Given.push(client, image, "1");
        Given.push(client, image, "2");
        assertThat(client.deleteTag(APP, TagName.of("1"))).isTrue();
        assertThat(client.deleteTag(APP, TagName.of("1"))).isFalse();
        assertThat(oracle.digestOf(APP.value(), "1")).isEmpty();
        assertThat(oracle.digestOf(APP.value(), "2")).isEqualTo(image.digest());
        assertThat(client.tags(APP)).containsExactly(TagName.of("2"));
    }

    @Test
    void saysThatTheRegistryForbidsDeletes(@TempDir Path other) throws Exception {
        SampleImage image = SampleImages.oci(1, KIB);
        try (RegistryServer strict = RegistryServer.in(other).withoutDelete().start();
                RegistryClient strictClient = Given.client(strict.uri())) {
            Given.push(strictClient, image, "1");
            RegistryException failure =
                    failure(ErrorCode.UNSUPPORTED, () -> strictClient.deleteManifest(APP, Digest.of(image.digest())));
            failure(ErrorCode.UNSUPPORTED, () -> strictClient.deleteTag(APP, TagName.of("1")));
            assertThat(strictClient.digestOf(APP, TagName.of("1")))
                    .as("the tag, which must not be lost halfway")
                    .contains(Digest.of(image.digest()));
            assertThat(failure).hasMessageContaining("Switch it on");
        }
    }

    @Test
    void saysWhatTheRegistrySaysAboutABadManifest() {
        SampleImage image = SampleImages.oci(1, KIB);
        RegistryException missing = failure(
                ErrorCode.CONTENT_MISSING, () -> client.putManifest(APP, TagName.of("1"), Given.manifest(image)));
        assertThat(missing)
                .hasMessageContaining("MANIFEST_BLOB_UNKNOWN")
                .hasMessageContaining(image.layers().get(0).digest())
                .hasMessageContaining(APP + ":1");
        failure(
                ErrorCode.MANIFEST_INVALID,
                () -> client.putManifest(APP, TagName.of("1"), Manifest.of(MediaTypes.OCI_MANIFEST, bytes("{"))));
        failure(
                ErrorCode.MANIFEST_INVALID,
                () -> client.putManifest(
                        APP, TagName.of("1"), Manifest.of(MediaTypes.DOCKER_MANIFEST, image.manifest())));
        String large = "{\"x\":\"" + "y".repeat(5 * KIB * KIB) + "\"}";
        RegistryException tooLarge = failure(
                ErrorCode.TOO_LARGE,
                () -> client.putManifest(APP, TagName.of("1"), Manifest.of(MediaTypes.OCI_MANIFEST, bytes(large))));
        assertThat(tooLarge.retryable()).isFalse();
        failure(
                ErrorCode.UNSUPPORTED_MANIFEST,
                () -> client.putManifest(APP, TagName.of("1"), Manifest.of("text/html\r\nX: y", image.manifest())));
        failure(
                ErrorCode.DIGEST_MISMATCH,
                () -> client.putManifest(APP, Digest.sha256(bytes("x")), Given.manifest(image)));
        assertThat(oracle.digestOf(APP.value(), "1")).isEmpty();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
