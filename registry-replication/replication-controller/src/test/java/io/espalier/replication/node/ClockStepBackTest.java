package io.espalier.replication.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.espalier.replication.image.GlobList;
import io.espalier.replication.removal.RemovalMode;
import io.espalier.replication.removal.RemovalSettings;
import io.espalier.replication.window.WindowRules;
import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.ImagePusher;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@RequiresProgram("docker-registry")
@Timeout(120)
class ClockStepBackTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration GRACE = Duration.ofMinutes(60);
    private static final String APP = "shop/web";
    private static final String NODE = "node-a";

    @TempDir
    private Path folder;

    private final SampleImage image = SampleImages.oci(401, 30_000);
    private final SampleImage signature = SampleImages.oci(402, 2_000);
    private final String signatureTag = image.digest().replace(':', '-') + ".sig";

    @Test
    void aSignatureComesWithItsImageThatIsPushedAgainAfterAStepBack() throws Exception {
        RemovalSettings settings = new RemovalSettings(RemovalMode.DELETE, GlobList.everything(), GRACE, 90);
        try (RemovalCluster cluster =
                new RemovalCluster(folder, settings, RemovalCluster.transfers(WindowRules.NONE, 0))) {
            cluster.join(NODE, true);
            ImagePusher master = cluster.at(RemovalCluster.MASTER);
            ImagePusher node = cluster.at(NODE);
            master.push(SampleImages.oci(403, 2_000), APP, "other");
            awaitDigest(node, "other", SampleImages.oci(403, 2_000).digest());
            push(master);
            awaitBoth(node, image.digest(), signature.digest());

            delete(master, signature);
            delete(master, image);
            await("it is seen to be gone").atMost(LIMIT).untilAsserted(() -> assertThat(cluster.removals())
                    .contains(APP + ":1.0  grace"));
            cluster.pass(GRACE.plusMinutes(1));
            awaitBoth(node, "", "");

            cluster.pass(GRACE.multipliedBy(-2));
            push(master);
            awaitBoth(node, image.digest(), signature.digest());
        }
    }

    private void push(ImagePusher registry) {
        registry.push(signature, APP, signatureTag);
        registry.push(image, APP, "1.0");
    }

    private void delete(ImagePusher registry, SampleImage which) {
        assertThat(registry.request("DELETE", "/v2/" + APP + "/manifests/" + which.digest(), Map.of())
                        .status())
                .isEqualTo(202);
    }

    private void awaitBoth(ImagePusher node, String expectedImage, String expectedSignature) {
        awaitDigest(node, "1.0", expectedImage);
        awaitDigest(node, signatureTag, expectedSignature);
    }

    private void awaitDigest(ImagePusher registry, String tag, String digest) {
        await(tag).atMost(LIMIT).untilAsserted(() -> assertThat(registry.digestOf(APP, tag))
                .isEqualTo(digest));
    }
}
