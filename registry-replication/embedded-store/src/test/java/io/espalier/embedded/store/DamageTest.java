package io.espalier.embedded.store;

import static io.espalier.embedded.store.StoreSamples.APP;
import static io.espalier.embedded.store.StoreSamples.digest;
import static io.espalier.embedded.store.StoreSamples.failure;
import static io.espalier.embedded.store.StoreSamples.file;
import static io.espalier.embedded.store.StoreSamples.put;
import static io.espalier.embedded.store.StoreSamples.spoil;
import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.registry.client.BlobPresence;
import io.espalier.registry.client.RegistryClient;
import io.espalier.registry.error.ErrorCode;
import io.espalier.registry.error.RegistryException;
import io.espalier.testkit.files.HiddenRot;
import io.espalier.testkit.registry.SampleBlob;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that somebody or the disk has changed are found, told, and not given out; putting them again heals. */
class DamageTest {
    private static final SampleImage IMAGE = SampleImages.oci(1, 200_000);
    private static final SampleBlob LAYER = IMAGE.layers().get(0);

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

    private void requireDamagedThenHealed() throws Exception {
        failure(ErrorCode.DIGEST_MISMATCH, () -> client.openBlob(APP, digest(LAYER), 0, LAYER.size()));
        assertThat(client.blob(APP, digest(LAYER), LAYER.size())).isEqualTo(BlobPresence.CLAIMED_BUT_BROKEN);
        assertThat(store.damaged()).containsExactly(digest(LAYER));
        RegistryException told = failure(ErrorCode.SERVER_ERROR, client::ping);
        assertThat(told).hasMessageContaining("1 blob is damaged").hasMessageContaining(LAYER.digest());

        put(client, APP, IMAGE, "v1");
        assertThat(client.blob(APP, digest(LAYER), LAYER.size())).isEqualTo(BlobPresence.PROVED);
        client.ping();
        try (InputStream in = client.openBlob(APP, digest(LAYER), 0, LAYER.size())) {
            assertThat(in.readAllBytes()).isEqualTo(LAYER.bytes());
        }
    }

    @Test
    void aByteThatChangedWhileTheStoreWasClosedIsFoundAtTheFirstReading() throws Exception {
        put(client, APP, IMAGE, "v1");
        store.close();
        spoil(file(folder, digest(LAYER)));
        open();
        requireDamagedThenHealed();
    }

    @Test
    void aByteThatChangesWhileTheStoreIsOpenIsFoundAtTheNextReading() throws Exception {
        put(client, APP, IMAGE, "v1");
        assertThat(client.blob(APP, digest(LAYER), LAYER.size())).isEqualTo(BlobPresence.PROVED);
        spoil(file(folder, digest(LAYER)));
        requireDamagedThenHealed();
    }

    @Test
    void aFileThatWasCutOrDeletedIsFound() throws Exception {
        put(client, APP, IMAGE, "v1");
        Files.write(file(folder, digest(LAYER)), new byte[5]);
        requireDamagedThenHealed();
        Files.delete(file(folder, digest(LAYER)));
        requireDamagedThenHealed();
    }

    @Test
    void whatRotsBelowTheFileSystemIsFoundByTheWeeklyCheck() throws Exception {
        put(client, APP, IMAGE, "v1");
        store.close();
        ManualClock clock = new ManualClock();
        store = OciLayoutStore.open(folder, StoreLimits.of(StoreSamples.PLENTY), clock);
        client = StoreSamples.client(store);
        assertThat(client.blob(APP, digest(LAYER), LAYER.size())).isEqualTo(BlobPresence.PROVED);
        assertThat(store.due()).as("blobs that were not read since the start").doesNotContain(digest(LAYER));
        clock.pass(java.time.Duration.ofDays(8));
        assertThat(store.due()).contains(digest(LAYER));
        spoil(file(folder, digest(LAYER)));
        store.checkDue();
        assertThat(store.damaged()).containsExactly(digest(LAYER));
        assertThat(store.due()).isEmpty();
    }

    @Test
    void whatRotsBelowTheFileSystemIsGivenOutNoLongerOnceItWasReadWrong() throws Exception {
        put(client, APP, IMAGE, "v1");
        HiddenRot.flip(file(folder, digest(LAYER)), () -> assertThat(client.blob(APP, digest(LAYER), LAYER.size()))
                .isEqualTo(BlobPresence.PROVED));
        try (InputStream in = client.openBlob(APP, digest(LAYER), 0, LAYER.size())) {
            assertThat(in.readAllBytes()).isNotEqualTo(LAYER.bytes());
        }
        client.distrust(APP, digest(LAYER));
        requireDamagedThenHealed();
    }

    @Test
    void aDamagedManifestIsNotGivenOutAndNotOfferedAfterTheNextStart() throws Exception {
        put(client, APP, IMAGE, "v1");
        spoil(file(folder, digest(IMAGE)));
        RegistryException failure = failure(ErrorCode.DIGEST_MISMATCH, () -> client.manifest(APP, digest(IMAGE)));
        assertThat(failure).hasMessageContaining("hashes to sha256:");
        assertThat(store.damaged()).containsExactly(digest(IMAGE));
        store.close();
        open();
        assertThat(client.manifest(APP, digest(IMAGE))).isEmpty();
        assertThat(client.tags(APP)).isEmpty();

        put(client, APP, IMAGE, "v1");
        assertThat(client.manifest(APP, digest(IMAGE)).orElseThrow().bytes()).isEqualTo(IMAGE.manifest());
        assertThat(store.damaged()).isEmpty();
    }

    @Test
    void aManifestWhoseFileWasCutOrDeletedIsToldAndHeals() throws Exception {
        put(client, APP, IMAGE, "v1");
        Files.write(file(folder, digest(IMAGE)), new byte[5]);
        failure(ErrorCode.DIGEST_MISMATCH, () -> client.manifest(APP, digest(IMAGE)));
        put(client, APP, IMAGE, "v1");
        Files.delete(file(folder, digest(IMAGE)));
        failure(ErrorCode.DIGEST_MISMATCH, () -> client.manifest(APP, digest(IMAGE)));
        put(client, APP, IMAGE, "v1");
        assertThat(client.manifest(APP, digest(IMAGE))).isPresent();
    }

    @Test
    void aBlobWhoseFileHasGoneWhileTheStoreWasClosedIsPutAgain() throws Exception {
        put(client, APP, IMAGE, "v1");
        store.close();
        Files.delete(file(folder, digest(LAYER)));
        open();
        assertThat(client.blob(APP, digest(LAYER), LAYER.size())).isEqualTo(BlobPresence.ABSENT);
        put(client, APP, IMAGE, "v1");
        assertThat(client.blob(APP, digest(LAYER), LAYER.size())).isEqualTo(BlobPresence.PROVED);
    }

    @Test
    void anImageIsRefusedWhoseBlobIsDamaged() throws Exception {
        put(client, APP, LAYER);
        put(client, APP, IMAGE.config().get(0));
        Files.delete(file(folder, digest(LAYER)));
        failure(ErrorCode.CONTENT_MISSING, () -> client.putManifest(APP, digest(IMAGE), StoreSamples.manifest(IMAGE)));
    }
}
