package io.espalier.embedded.store;

import static io.espalier.embedded.store.StoreSamples.APP;
import static io.espalier.embedded.store.StoreSamples.OTHER;
import static io.espalier.embedded.store.StoreSamples.digest;
import static io.espalier.embedded.store.StoreSamples.failure;
import static io.espalier.embedded.store.StoreSamples.file;
import static io.espalier.embedded.store.StoreSamples.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.registry.client.BlobPresence;
import io.espalier.registry.client.BlobSource;
import io.espalier.registry.client.RegistryClient;
import io.espalier.registry.error.ErrorCode;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.name.RepositoryName;
import io.espalier.registry.name.TagName;
import io.espalier.testkit.registry.SampleBlob;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What goes, what stays, and what is refused when there is no room. */
@Timeout(120)
class CollectionTest {
    private static final Duration GRACE = Duration.ofMinutes(10);
    private static final Duration LONG = Duration.ofHours(1);

    @TempDir
    private Path folder;

    private final ManualClock clock = new ManualClock();
    private OciLayoutStore store;
    private RegistryClient client;

    @BeforeEach
    void open() throws RegistryException {
        open(StoreSamples.PLENTY, GRACE, clock);
    }

    private void open(long bytes) throws RegistryException {
        store.close();
        open(bytes, GRACE, clock);
    }

    private void open(long bytes, Duration grace, Clock time) throws RegistryException {
        store = OciLayoutStore.open(folder, new StoreLimits(bytes, grace, Duration.ofDays(7)), time);
        client = StoreSamples.client(store);
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void aBlobWithoutAManifestStaysForTheGrace() throws Exception {
        SampleImage image = SampleImages.oci(1, 10_000);
        SampleBlob layer = image.layers().get(0);
        put(client, APP, layer);
        clock.pass(GRACE.minusMinutes(1));
        assertThat(store.collect(true)).isZero();

        // Another blob that comes shows that a transfer goes on.
        put(client, APP, SampleBlob.random("application/octet-stream", 3, 10));
        clock.pass(GRACE.minusMinutes(1));
        assertThat(store.collect(true)).isZero();
        assertThat(client.blob(APP, digest(layer), layer.size())).isEqualTo(BlobPresence.PROVED);
        clock.pass(GRACE.minusMinutes(1));
        assertThat(store.collect(true)).as("the other one's time is over").isEqualTo(10);

        clock.pass(LONG);
        assertThat(store.collect(false)).isEqualTo(layer.size());
        assertThat(client.blob(APP, digest(layer), layer.size())).isEqualTo(BlobPresence.ABSENT);
        assertThat(file(folder, digest(layer))).doesNotExist();
        assertThat(store.usedBytes()).isZero();
    }

    @Test
    void aDeletedImageGoesButNotWhatOthersShare() throws Exception {
        SampleImage image = SampleImages.oci(1, 10_000);
        put(client, APP, image, "v1");
        put(client, OTHER, image, "v1");
        clock.pass(LONG);
        client.deleteManifest(APP, digest(image));
        assertThat(store.collect(false)).isZero();
        assertThat(client.blob(
                        APP,
                        digest(image.layers().get(0)),
                        image.layers().get(0).size()))
                .as("a blob that no manifest of its repository names")
                .isEqualTo(BlobPresence.ABSENT);
        client.deleteManifest(OTHER, digest(image));
        assertThat(store.collect(false)).isEqualTo(image.totalBytes());
        assertThat(store.usedBytes()).isZero();
    }

    @Test
    void aBlobThatATransferHasProvedStaysWhenItsOldImageIsDeleted() throws Exception {
        SampleImage old = SampleImages.oci(1, 10_000);
        SampleBlob shared = old.layers().get(0);
        put(client, APP, old, "v1");
        clock.pass(LONG);
        assertThat(client.blob(APP, digest(shared), shared.size())).isEqualTo(BlobPresence.PROVED);
        client.deleteManifest(APP, digest(old));
        store.collect(true);
        assertThat(client.blob(APP, digest(shared), shared.size())).isEqualTo(BlobPresence.PROVED);
    }

    @Test
    void whatNoTagReachesGoesWhenItsRoomIsNeeded() throws Exception {
        open(1_000_000);
        SampleImage signed = SampleImages.index(SampleImages.oci(1, 150_000));
        put(client, APP, signed, "latest");
        SampleImage bill = SampleImages.referrer(signed, "application/vnd.acme.sbom", 5, 10_000);
        put(client, APP, bill);
        for (int version = 2; version < 12; version++) {
            clock.pass(LONG);
            put(client, APP, SampleImages.oci(version, 300_000), "moving");
        }
        assertThat(client.manifest(APP, digest(signed.children().get(0)))).isPresent();
        assertThat(client.referrers(APP, digest(signed))).hasSize(1);
        assertThat(client.manifest(APP, digest(SampleImages.oci(11, 300_000)))).isPresent();
        assertThat(client.manifest(APP, digest(SampleImages.oci(2, 300_000)))).isEmpty();
        assertThat(store.usedBytes()).isLessThanOrEqualTo(1_000_000);
    }

    @Test
    void aFullStoreSaysSoAndTakesMoreWhenImagesWereDeleted() throws Exception {
        open(1_000_000);
        SampleImage first = SampleImages.oci(1, 600_000);
        SampleImage second = SampleImages.oci(2, 600_000);
        put(client, APP, first, "v1");
        RegistryException full = failure(ErrorCode.REFUSED, () -> put(client, APP, second, "v2"));
        assertThat(full).hasMessageContaining("of 1000000 bytes in use").hasMessageContaining("raise store-bytes");
        assertThat(full.retryable()).isTrue();
        assertThat(folder.resolve("uploads")).isEmptyDirectory();

        client.deleteManifest(APP, digest(first));
        clock.pass(LONG);
        put(client, APP, second, "v2");
        assertThat(client.manifest(APP, digest(second))).isPresent();
    }

    @Test
    void aBlobThatIsThereNeedsNoRoom() throws Exception {
        open(1_000_000);
        SampleImage image = SampleImages.oci(1, 600_000);
        put(client, APP, image, "v1");
        put(client, OTHER, image, "v1");
        assertThat(client.tags(OTHER)).hasSize(1);
    }

    @Test
    void aBlobLargerThanTheStoreNeverFits() throws Exception {
        open(1_000);
        SampleBlob blob = SampleBlob.random("application/octet-stream", 1, 1_001);
        RegistryException failure = failure(ErrorCode.TOO_LARGE, () -> put(client, APP, blob));
        assertThat(failure)
                .hasMessageContaining("the whole image store has 1000")
                .hasMessageContaining("store-bytes");
        assertThat(failure.retryable()).isFalse();
    }

    @Test
    void anOpenBlobIsReadToItsEndThoughItWasCollected() throws Exception {
        SampleBlob blob = SampleBlob.random("application/octet-stream", 1, 500_000);
        put(client, APP, blob);
        try (InputStream in = client.openBlob(APP, digest(blob), 0, blob.size())) {
            clock.pass(LONG);
            assertThat(store.collect(false)).isEqualTo(blob.size());
            assertThat(in.readAllBytes()).isEqualTo(blob.bytes());
        }
    }

    /** Writers, deleters and collections at once; the store is far too small for all. */
    @Test
    void nothingThatIsTaggedIsEverIncompleteWhileOthersAreCollected() throws Exception {
        store.close();
        open(8_000_000, Duration.ofSeconds(2), Clock.systemUTC());
        AtomicBoolean stop = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(5);
        List<Future<?>> work = new ArrayList<>();
        for (int writer = 0; writer < 4; writer++) {
            int number = writer;
            work.add(threads.submit(() -> write(number)));
        }
        Future<?> collector = threads.submit(() -> {
            while (!stop.get()) {
                store.collect(false);
            }
            return null;
        });
        for (Future<?> each : work) {
            each.get(100, TimeUnit.SECONDS);
        }
        stop.set(true);
        collector.get(10, TimeUnit.SECONDS);
        threads.shutdownNow();

        for (int writer = 0; writer < 4; writer++) {
            SampleImage image = image(writer, 19);
            assertThat(client.digestOf(repository(writer), TagName.of("t" + writer)))
                    .contains(digest(image));
            for (SampleBlob blob : image.blobs()) {
                assertThat(client.blob(repository(writer), digest(blob), blob.size()))
                        .isEqualTo(BlobPresence.PROVED);
            }
        }
        assertThat(store.damaged()).isEmpty();
        assertThat(store.usedBytes()).isLessThanOrEqualTo(8_000_000);
    }

    private static RepositoryName repository(int writer) {
        return RepositoryName.of("writer/" + writer % 2);
    }

    /** One layer is shared by all writers of a round, one by nobody. */
    private static SampleImage image(int writer, int round) {
        return SampleImages.oci(round, 200_000, 100_000L + writer);
    }

    private Void write(int writer) throws Exception {
        for (int round = 0; round < 20; round++) {
            SampleImage image = image(writer, round);
            while (!isTaken(writer, image)) {
                Thread.onSpinWait();
            }
            if (round % 4 == 3 && round < 19) {
                client.deleteManifest(repository(writer), digest(image));
            }
        }
        return null;
    }

    /** False when there is no room now. */
    private boolean isTaken(int writer, SampleImage image) throws RegistryException {
        try {
            put(client, repository(writer), image, "t" + writer);
            return true;
        } catch (RegistryException e) {
            if (e.code() != ErrorCode.REFUSED) {
                throw e;
            }
            return false;
        }
    }

    @Test
    void anUploadThatRunsForHoursKeepsWhatTheTransferHasPutBefore() throws Exception {
        SampleBlob first = SampleBlob.random("application/octet-stream", 1, 1_000);
        SampleBlob slow = SampleBlob.random("application/octet-stream", 2, 1_000);
        put(client, APP, first);
        BlobSource whileItRuns = () -> {
            clock.pass(LONG);
            try {
                assertThat(store.collect(true)).isZero();
            } catch (RegistryException e) {
                throw new java.io.IOException(e);
            }
            return BlobSource.of(slow.bytes()).open();
        };
        client.putBlob(APP, digest(slow), slow.size(), whileItRuns);
        assertThat(client.blob(APP, digest(first), first.size())).isEqualTo(BlobPresence.PROVED);
    }
}
