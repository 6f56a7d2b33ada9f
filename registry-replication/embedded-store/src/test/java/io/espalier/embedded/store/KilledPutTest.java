package io.espalier.embedded.store;

import static io.espalier.embedded.store.StoreSamples.APP;
import static io.espalier.embedded.store.StoreSamples.digest;
import static io.espalier.embedded.store.StoreSamples.put;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.espalier.registry.client.BlobPresence;
import io.espalier.registry.client.RegistryClient;
import io.espalier.registry.name.TagName;
import io.espalier.testkit.process.ChildProcess;
import io.espalier.testkit.process.ProcessPlan;
import io.espalier.testkit.registry.SampleBlob;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code kill -9} at any moment of a put. */
@Timeout(180)
class KilledPutTest {
    private static final int ROUNDS = 6;
    private static final int IMAGES_A_ROUND = 1_000;

    @TempDir
    private Path folder;

    /** Puts image after image until it is killed. */
    public static final class Writer {
        private Writer() {}

        public static void main(String[] arguments) throws Exception {
            int first = Integer.parseInt(arguments[1]);
            try (OciLayoutStore store = OciLayoutStore.open(
                    Path.of(arguments[0]), StoreLimits.of(StoreSamples.PLENTY), Clock.systemUTC())) {
                RegistryClient client = StoreSamples.client(store);
                for (int seed = first; ; seed++) {
                    put(client, APP, image(seed), "t" + seed);
                    System.out.println("put " + seed);
                }
            }
        }
    }

    private static SampleImage image(int seed) {
        return SampleImages.index(SampleImages.oci(seed, 300_000, 5_000));
    }

    @Test
    void afterAKillEveryTagIsWholeAndWhatWasAcknowledgedIsThere() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            int first = round * IMAGES_A_ROUND;
            try (ChildProcess writer = ProcessPlan.java(
                            Writer.class, List.of("-Xmx128m"), List.of(folder.toString(), Integer.toString(first)))
                    .start()) {
                writer.awaitLine("put " + (first + 1), Duration.ofSeconds(30));
                LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(30_000_000));
                writer.kill();
                writer.awaitExit(Duration.ofSeconds(10));
                requireWhole(writer.output(), first);
            }
        }
    }

    private void requireWhole(List<String> output, int first) throws Exception {
        try (OciLayoutStore store =
                OciLayoutStore.open(folder, StoreLimits.of(StoreSamples.PLENTY), Clock.systemUTC())) {
            RegistryClient client = StoreSamples.client(store);
            assertThat(folder.resolve("uploads")).isEmptyDirectory();
            List<TagName> tags = client.tags(APP);
            assertThat(tags)
                    .extracting(TagName::value)
                    .containsAll(output.stream()
                            .filter(line -> line.startsWith("put "))
                            .map(line -> "t" + line.substring(4))
                            .toList());
            JsonNode index =
                    new ObjectMapper().readTree(folder.resolve("index.json").toFile());
            assertThat(index.path("manifests")).hasSameSizeAs(tags);
            for (TagName tag : tags) {
                int seed = Integer.parseInt(tag.value().substring(1));
                if (seed >= first) {
                    requireWhole(client, tag, image(seed));
                }
            }
            assertThat(store.damaged()).isEmpty();
        }
    }

    private static void requireWhole(RegistryClient client, TagName tag, SampleImage image) throws Exception {
        assertThat(client.digestOf(APP, tag)).contains(digest(image));
        for (SampleImage part : image.withChildren()) {
            assertThat(client.manifest(APP, digest(part)).orElseThrow().bytes()).isEqualTo(part.manifest());
        }
        for (SampleBlob blob : image.blobs()) {
            assertThat(client.blob(APP, digest(blob), blob.size())).isEqualTo(BlobPresence.PROVED);
        }
    }
}
