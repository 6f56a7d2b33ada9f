package io.espalier.embedded.store;

import static io.espalier.embedded.store.StoreSamples.APP;
import static io.espalier.embedded.store.StoreSamples.digest;
import static io.espalier.embedded.store.StoreSamples.failure;
import static io.espalier.embedded.store.StoreSamples.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.registry.client.BlobPresence;
import io.espalier.registry.client.RegistryClient;
import io.espalier.registry.error.ErrorCode;
import io.espalier.registry.error.RegistryException;
import io.espalier.testkit.files.SmallDisk;
import io.espalier.testkit.registry.SampleBlob;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import java.time.Clock;
import org.junit.jupiter.api.Test;

/** A disk without space left. */
class FullDiskTest {
    @Test
    void aFullDiskIsToldInASentenceAndHeals() throws Exception {
        SampleImage before = SampleImages.oci(1, 100_000);
        SampleImage after = SampleImages.oci(2, 100_000);
        try (SmallDisk disk = SmallDisk.mount(4 << 20);
                OciLayoutStore store = OciLayoutStore.open(
                        disk.folder().resolve("store"), StoreLimits.of(StoreSamples.PLENTY), Clock.systemUTC())) {
            RegistryClient client = StoreSamples.client(store);
            put(client, APP, before, "v1");
            long used = store.usedBytes();
            disk.fill();
            RegistryException full = failure(ErrorCode.SERVER_ERROR, () -> put(client, APP, after, "v2"));
            assertThat(full).hasMessageContaining("the disk is full").hasMessageContaining("goes on by itself");
            assertThat(full.retryable()).isTrue();
            assertThat(disk.folder().resolve("store/uploads")).isEmptyDirectory();
            assertThat(store.usedBytes()).isEqualTo(used);
            for (SampleBlob blob : before.blobs()) {
                assertThat(client.blob(APP, digest(blob), blob.size())).isEqualTo(BlobPresence.PROVED);
            }

            disk.free();
            put(client, APP, after, "v2");
            assertThat(client.tags(APP)).hasSize(2);
        }
    }
}
