package io.espalier.replication.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.espalier.replication.removal.RemovalSettings;
import io.espalier.replication.window.WindowRules;
import io.espalier.testkit.files.HiddenRot;
import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.ImagePusher;
import io.espalier.testkit.registry.SampleBlob;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A byte rots below the file system of a node that keeps images itself. */
@RequiresProgram("docker-registry")
@Timeout(120)
class RottenStoreTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String APP = "shop/web";
    private static final String STORE = "node-store";

    @TempDir
    private Path folder;

    @Test
    void aDeepCheckFindsItAndTheBlobComesAnewAndNobodyGetsTheWrongOneMeanwhile() throws Exception {
        SampleImage image = SampleImages.oci(411, 200_000);
        SampleBlob layer = image.layers().get(0);
        String right = layer.digest() + " " + layer.size();
        try (RemovalCluster cluster =
                new RemovalCluster(folder, RemovalSettings.KEEP, RemovalCluster.transfers(WindowRules.NONE, 0))) {
            cluster.joinWithStore(STORE);
            cluster.at(RemovalCluster.MASTER).push(image, APP, "1.0");
            ImagePusher store = cluster.at(STORE);
            await("the image").atMost(LIMIT).untilAsserted(() -> assertThat(store.digestOf(APP, "1.0"))
                    .isEqualTo(image.digest()));
            Path file = folder.resolve("store-" + STORE)
                    .resolve("blobs")
                    .resolve("sha256")
                    .resolve(layer.hex());
            HiddenRot.flip(
                    file, () -> assertThat(store.readBlob(APP, layer.digest())).isEqualTo(right));

            assertThatThrownBy(() -> verify(cluster)).hasMessageContainingAll(STORE, "wrong bytes", "sent again");

            await("the right bytes").atMost(LIMIT).until(() -> {
                String given = store.readBlob(APP, layer.digest());
                assertThat(given).isIn("", right);
                return given.equals(right);
            });
            await("all is well").atMost(LIMIT).untilAsserted(() -> assertThat(verify(cluster))
                    .contains("right at 2 of 2"));
        }
    }

    private static String verify(RemovalCluster cluster) throws Exception {
        return cluster.controller().imageConsole().verify(List.of(APP + ":1.0", "--deep"), progress -> {});
    }
}
