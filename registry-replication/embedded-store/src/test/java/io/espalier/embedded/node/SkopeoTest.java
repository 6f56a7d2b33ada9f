package io.espalier.embedded.node;

import static io.espalier.embedded.store.StoreSamples.APP;
import static io.espalier.embedded.store.StoreSamples.digest;
import static io.espalier.embedded.store.StoreSamples.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.registry.client.BlobPresence;
import io.espalier.registry.client.RegistryClient;
import io.espalier.registry.content.Descriptor;
import io.espalier.registry.endpoint.RegistryEndpoint;
import io.espalier.registry.name.TagName;
import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.SampleBlob;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import io.espalier.testkit.registry.Skopeo;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients of others pull: skopeo, and the registry client of the relay over HTTP. */
class SkopeoTest {
    private static final SampleImage INDEX =
            SampleImages.index(SampleImages.oci(1, 300_000, 10), SampleImages.ociFor("linux/arm64", 2, 200_000));

    @TempDir
    private Path folder;

    private Door door;

    @BeforeEach
    void open() throws Exception {
        door = new Door(folder.resolve("store"));
    }

    @AfterEach
    void close() {
        door.close();
    }

    @Test
    @RequiresProgram("skopeo")
    void copiesImagesOfEveryKindWithTheirDigests() throws Exception {
        SampleImage empty = SampleImages.withZeroByteLayer("application/vnd.acme.empty");
        SampleImage docker = SampleImages.dockerList(SampleImages.docker(3, 40_000));
        SampleImage bill = SampleImages.referrer(INDEX, "application/vnd.acme.sbom", 4, 10_000);
        Map<String, SampleImage> images = Map.of("v1", INDEX, "docker", docker, "empty", empty, "bill", bill);
        for (Map.Entry<String, SampleImage> each : images.entrySet()) {
            put(door.client(), APP, each.getValue(), each.getKey());
        }
        for (Map.Entry<String, SampleImage> each : images.entrySet()) {
            String tag = each.getKey();
            SampleImage image = each.getValue();
            String source = door.docker() + "team/app:" + tag;
            assertThat(Skopeo.plain().digest(source)).isEqualTo(image.digest());
            Skopeo.plain().copy(source, "dir:" + folder.resolve("pulled-" + tag));
            assertThat(folder.resolve("pulled-" + tag + "/manifest.json")).hasBinaryContent(image.manifest());
            for (SampleBlob blob : image.blobs()) {
                assertThat(folder.resolve("pulled-" + tag + "/" + blob.hex())).hasBinaryContent(blob.bytes());
            }
        }
    }

    /** The store is an OCI layout also for others. */
    @Test
    @RequiresProgram("skopeo")
    void readsTheStoreFromDisk() throws Exception {
        put(door.client(), APP, INDEX, "v1");
        assertThat(Skopeo.plain().digest("oci:" + folder.resolve("store") + ":team/app:v1"))
                .isEqualTo(INDEX.digest());
    }

    @Test
    void theRegistryClientReadsAllOverHttp() throws Exception {
        SampleImage bill = SampleImages.referrer(INDEX, "application/vnd.acme.sbom", 4, 10_000);
        put(door.client(), APP, INDEX, "v1");
        put(door.client(), APP, bill);
        try (RegistryClient client = RegistryClient.of(RegistryEndpoint.allowingPlainHttp(door.address()))) {
            client.ping();
            assertThat(client.repositories()).containsExactly(APP);
            assertThat(client.tags(APP)).containsExactly(TagName.of("v1"));
            assertThat(client.digestOf(APP, TagName.of("v1"))).contains(digest(INDEX));
            assertThat(client.manifest(APP, digest(INDEX)).orElseThrow().bytes())
                    .isEqualTo(INDEX.manifest());
            assertThat(client.referrers(APP, digest(INDEX)))
                    .extracting(Descriptor::digest)
                    .containsExactly(digest(bill));
            for (SampleBlob blob : INDEX.blobs()) {
                assertThat(client.blob(APP, digest(blob), blob.size())).isEqualTo(BlobPresence.PROVED);
                try (InputStream in = client.openBlob(APP, digest(blob), 0, blob.size())) {
                    assertThat(in.readAllBytes()).isEqualTo(blob.bytes());
                }
            }
        }
    }
}
