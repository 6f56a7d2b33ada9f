package io.espalier.embedded.store;

import static io.espalier.embedded.store.StoreSamples.APP;
import static io.espalier.embedded.store.StoreSamples.OTHER;
import static io.espalier.embedded.store.StoreSamples.digest;
import static io.espalier.embedded.store.StoreSamples.failure;
import static io.espalier.embedded.store.StoreSamples.file;
import static io.espalier.embedded.store.StoreSamples.manifest;
import static io.espalier.embedded.store.StoreSamples.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.espalier.registry.client.BlobPresence;
import io.espalier.registry.client.BlobSource;
import io.espalier.registry.client.ManifestPut.SubjectListing;
import io.espalier.registry.client.RegistryClient;
import io.espalier.registry.content.Descriptor;
import io.espalier.registry.content.Manifest;
import io.espalier.registry.error.ErrorCode;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.name.Digest;
import io.espalier.registry.name.RepositoryName;
import io.espalier.registry.name.TagName;
import io.espalier.testkit.registry.SampleBlob;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Putting and reading by the interface of the registry client. */
class OciLayoutStoreTest {
    private static final SampleImage IMAGE = SampleImages.oci(1, 1_000, 200_000);
    private static final SampleBlob BLOB = SampleBlob.random("application/octet-stream", 7, 300_000);

    @TempDir
    private Path folder;

    private OciLayoutStore store;
    private RegistryClient client;

    @BeforeEach
    void open() throws RegistryException {
        store = OciLayoutStore.open(folder, StoreLimits.of(StoreSamples.PLENTY), Clock.systemUTC());
        client = StoreSamples.client(store);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void reopen() throws RegistryException {
        store.close();
        open();
    }

    private byte[] read(RepositoryName repository, SampleBlob blob) throws Exception {
        try (InputStream in = client.openBlob(repository, digest(blob), 0, blob.size())) {
            return in.readAllBytes();
        }
    }

    @Test
    void whatWasPutIsThereByteForByteAlsoAfterAStart() throws Exception {
        SampleImage index = SampleImages.index(IMAGE, SampleImages.ociFor("linux/arm64", 2, 50_000));
        SampleImage docker = SampleImages.dockerList(SampleImages.docker(3, 10_000));
        SampleImage empty = SampleImages.withZeroByteLayer("application/vnd.acme.empty");
        put(client, APP, index, "v1");
        put(client, APP, docker, "docker");
        put(client, OTHER, empty, "v1");

        for (int start = 0; start < 2; start++) {
            assertThat(client.repositories()).containsExactly(APP, OTHER);
            assertThat(client.tags(APP)).extracting(TagName::value).containsExactly("docker", "v1");
            for (SampleImage part : index.withChildren()) {
                Manifest found = client.manifest(APP, digest(part)).orElseThrow();
                assertThat(found.bytes()).isEqualTo(part.manifest());
                assertThat(found.mediaType()).isEqualTo(part.mediaType());
            }
            assertThat(client.digestOf(APP, TagName.of("docker"))).contains(digest(docker));
            for (SampleBlob blob : index.blobs()) {
                assertThat(client.blob(APP, digest(blob), blob.size())).isEqualTo(BlobPresence.PROVED);
                assertThat(read(APP, blob)).isEqualTo(blob.bytes());
            }
            for (SampleBlob blob : empty.blobs()) {
                assertThat(client.blob(OTHER, digest(blob), blob.size())).isEqualTo(BlobPresence.PROVED);
            }
            reopen();
        }
    }

    @Test
    void theFolderIsAnOciLayoutWhoseIndexNamesEveryTag() throws Exception {
        put(client, APP, IMAGE, "v1");
        put(client, APP, IMAGE, "v2");
        put(client, OTHER, IMAGE, "v1");
        client.deleteTag(APP, TagName.of("v2"));

        assertThat(folder.resolve("oci-layout")).hasContent("{\"imageLayoutVersion\":\"1.0.0\"}");
        JsonNode index =
                new ObjectMapper().readTree(folder.resolve("index.json").toFile());
        assertThat(index.path("manifests").findValuesAsText("org.opencontainers.image.ref.name"))
                .containsExactly("team/app:v1", "team/app/other:v1");
        assertThat(index.path("manifests").findValuesAsText("digest")).containsOnly(IMAGE.digest());
        assertThat(file(folder, digest(IMAGE))).hasBinaryContent(IMAGE.manifest());

        Files.writeString(folder.resolve("index.json"), "{}");
        reopen();
        assertThat(new ObjectMapper().readTree(folder.resolve("index.json").toFile()))
                .isEqualTo(index);
    }

    @Test
    void aBlobShowsInItsRepositoryAloneUntilItIsMounted() throws Exception {
        put(client, APP, BLOB);
        assertThat(client.blob(OTHER, digest(BLOB), BLOB.size())).isEqualTo(BlobPresence.ABSENT);
        assertThat(client.repositories()).as("a repository without a manifest").isEmpty();

        assertThat(client.mount(OTHER, digest(BLOB), RepositoryName.of("none"))).isFalse();
        assertThat(client.mount(OTHER, digest(BLOB), APP)).isTrue();
        reopen();
        assertThat(client.blob(OTHER, digest(BLOB), BLOB.size())).isEqualTo(BlobPresence.PROVED);
        assertThat(read(OTHER, BLOB)).isEqualTo(BLOB.bytes());
        failure(ErrorCode.NOT_FOUND, () -> client.openBlob(RepositoryName.of("none"), digest(BLOB), 0, 1));
    }

    @Test
    void partsOfABlobAreRead() throws Exception {
        put(client, APP, BLOB);
        try (InputStream in = client.openBlob(APP, digest(BLOB), 1_000, 1_003)) {
            assertThat(in.readAllBytes()).isEqualTo(java.util.Arrays.copyOfRange(BLOB.bytes(), 1_000, 1_003));
        }
        try (InputStream in = client.openBlob(APP, digest(BLOB), 5, 5)) {
            assertThat(in.read()).isEqualTo(-1);
        }
        failure(ErrorCode.PROTOCOL, () -> client.openBlob(APP, digest(BLOB), 0, BLOB.size() + 1));
        assertThat(client.counters().bytesIn()).isEqualTo(3);
    }

    @Test
    void wrongBytesLeaveNothing() {
        Digest digest = digest(BLOB);
        byte[] wrong = BLOB.bytes();
        wrong[9] ^= 1;
        failure(ErrorCode.DIGEST_MISMATCH, () -> client.putBlob(APP, digest, BLOB.size(), BlobSource.of(wrong)));
        failure(
                ErrorCode.SIZE_MISMATCH,
                () -> client.putBlob(APP, digest, BLOB.size() - 1, BlobSource.of(BLOB.bytes())));
        failure(
                ErrorCode.SIZE_MISMATCH,
                () -> client.putBlob(APP, digest, BLOB.size() + 1, BlobSource.of(BLOB.bytes())));
        failure(ErrorCode.SOURCE_FAILED, () -> client.putBlob(APP, digest, BLOB.size(), BreakingStream::new));

        assertThat(store.blobSize(APP, digest)).isEqualTo(-1);
        assertThat(store.usedBytes()).isZero();
        assertThat(folder.resolve("uploads")).isEmptyDirectory();
        assertThat(folder.resolve("blobs/sha256")).isEmptyDirectory();
    }

    private static final class BreakingStream extends InputStream {
        private boolean read;

        @Override
        public int read() throws IOException {
            throw new IOException("the line broke");
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (read) {
                throw new IOException("the line broke");
            }
            read = true;
            return Math.min(length, 100);
        }
    }

    @Test
    void anImageIsRefusedWithoutItsBlobs() throws Exception {
        RegistryException missing =
                failure(ErrorCode.CONTENT_MISSING, () -> client.putManifest(APP, TagName.of("v1"), manifest(IMAGE)));
        assertThat(missing).hasMessageContaining("put the blob first");
        put(client, OTHER, IMAGE, "v1");
        failure(ErrorCode.CONTENT_MISSING, () -> client.putManifest(APP, TagName.of("v1"), manifest(IMAGE)));
        assertThat(client.tags(APP)).isEmpty();
    }

    @Test
    void anIndexMayLackImagesAsThePlatformFilterMakesThem() throws Exception {
        SampleImage left = SampleImages.ociFor("linux/arm64", 2, 50_000);
        put(client, APP, IMAGE);
        client.putManifest(APP, TagName.of("v1"), manifest(SampleImages.index(IMAGE, left)));
        assertThat(client.manifest(APP, digest(left))).isEmpty();
        assertThat(client.tags(APP)).hasSize(1);
    }

    @Test
    void manifestsThatAreNoneAreRefused() {
        byte[] json = "{\"schemaVersion\":2}".getBytes(StandardCharsets.UTF_8);
        failure(
                ErrorCode.MANIFEST_INVALID,
                () -> client.putManifest(APP, TagName.of("v1"), Manifest.of(SampleImages.OCI_MANIFEST, json)));
        failure(
                ErrorCode.UNSUPPORTED_MANIFEST,
                () -> client.putManifest(APP, TagName.of("v1"), Manifest.of("text/plain", json)));
        failure(ErrorCode.DIGEST_MISMATCH, () -> client.putManifest(APP, digest(BLOB), manifest(IMAGE)));
    }

    @Test
    void referrersAreListedFromSubjectsAndFromTheFallbackTag() throws Exception {
        SampleImage bill = SampleImages.referrer(IMAGE, "application/vnd.acme.sbom", 21, 5_000);
        SampleImage scan = SampleImages.artifact("application/vnd.acme.scan", 22, 100);
        SampleImage signature = SampleImages.cosignSignature(IMAGE);
        put(client, APP, IMAGE, "v1");
        put(client, APP, scan);
        put(client, APP, SampleImages.index(scan), IMAGE.fallbackTag());
        put(client, APP, signature, SampleImages.signatureTag(IMAGE));
        for (SampleBlob blob : bill.blobs()) {
            put(client, APP, blob);
        }
        assertThat(client.putManifest(APP, digest(bill), manifest(bill)).listing())
                .isEqualTo(SubjectListing.BY_REGISTRY);

        reopen();
        assertThat(client.referrers(APP, digest(IMAGE)))
                .extracting(Descriptor::digest)
                .containsExactlyInAnyOrder(digest(bill), digest(scan));
        assertThat(client.referrers(APP, digest(IMAGE)))
                .extracting(Descriptor::artifactType)
                .contains("application/vnd.acme.sbom");
        assertThat(client.referrers(OTHER, digest(IMAGE))).isEmpty();
        assertThat(client.signatureTags(APP, digest(IMAGE)))
                .containsOnly(java.util.Map.entry(TagName.of(SampleImages.signatureTag(IMAGE)), digest(signature)));
    }

    @Test
    void aTagGoesAloneAndAManifestWithItsTags() throws Exception {
        put(client, APP, IMAGE, "v1");
        put(client, APP, IMAGE, "v2");
        put(client, APP, IMAGE, "v3");
        assertThat(client.deleteTag(APP, TagName.of("v1"))).isTrue();
        assertThat(client.deleteTag(APP, TagName.of("v1"))).isFalse();
        assertThat(client.manifest(APP, digest(IMAGE))).isPresent();
        assertThat(client.tags(APP)).hasSize(2);

        assertThat(client.deleteManifest(APP, digest(IMAGE))).isTrue();
        assertThat(client.deleteManifest(APP, digest(IMAGE))).isFalse();
        reopen();
        assertThat(client.tags(APP)).isEmpty();
        assertThat(client.manifest(APP, digest(IMAGE))).isEmpty();
    }

    @Test
    void aClosedClientRefusesAndTheStoreGoesOn() throws Exception {
        RegistryClient other = StoreSamples.client(store);
        other.close();
        failure(ErrorCode.CLOSED, other::ping);
        client.ping();
    }

    @Test
    void oneProcessUsesTheFolderAtATime() {
        assertThatThrownBy(() -> OciLayoutStore.open(folder, StoreLimits.of(StoreSamples.PLENTY), Clock.systemUTC()))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("another process uses it");
    }

    @Test
    void whatOthersPutIntoTheFolderIsLeftAlone() throws Exception {
        put(client, APP, IMAGE, "v1");
        Files.writeString(folder.resolve("blobs/sha256/note.txt"), "hello");
        Files.writeString(folder.resolve("repositories/team/note.txt"), "hello");
        Files.createDirectories(folder.resolve("repositories/Team/_tags"));
        Files.writeString(folder.resolve("repositories/team/app/_tags/-bad"), "hello");
        Files.writeString(folder.resolve("repositories/team/app/_tags/v9"), "no digest");
        Files.writeString(
                folder.resolve("repositories/team/app/_tags/v8"), digest(BLOB).toString());
        reopen();
        assertThat(client.repositories()).containsExactly(APP);
        assertThat(client.tags(APP)).extracting(TagName::value).containsExactly("v1");
        assertThat(folder.resolve("blobs/sha256/note.txt")).hasContent("hello");
    }
}
