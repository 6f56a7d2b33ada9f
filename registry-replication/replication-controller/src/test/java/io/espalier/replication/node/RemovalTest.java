package io.espalier.replication.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.espalier.registry.name.RepositoryName;
import io.espalier.registry.name.TagName;
import io.espalier.replication.image.GlobList;
import io.espalier.replication.removal.RemovalMode;
import io.espalier.replication.removal.RemovalSettings;
import io.espalier.replication.window.WindowRules;
import io.espalier.testkit.files.Folders;
import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Images go at a real master and from nodes with real registries; one node's registry refuses deletes. */
@RequiresProgram("docker-registry")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(180)
class RemovalTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration GRACE = Duration.ofMinutes(60);
    private static final String APP = "shop/web";
    private static final String A = "node-a";
    private static final String B = "node-b";
    private static final String STRICT = "node-strict";
    private static final String STORE = "node-store";

    @TempDir
    private static Path folder;

    private final SampleImage first = SampleImages.oci(201, 30_000);
    private final SampleImage second = SampleImages.oci(202, 30_000);
    private RemovalCluster cluster;

    @BeforeAll
    void start() throws Exception {
        RemovalSettings settings = new RemovalSettings(RemovalMode.DELETE, GlobList.everything(), GRACE, 50);
        cluster = new RemovalCluster(folder, settings, RemovalCluster.transfers(WindowRules.NONE, 0))
                .join(A, true)
                .join(B, true)
                .join(STRICT, false)
                .joinWithStore(STORE);
        push(first, "1.0");
        push(second, "2.0");
        push(second, "latest");
    }

    @AfterAll
    void stop() {
        cluster.close();
    }

    private void push(SampleImage image, String tag) {
        cluster.at(RemovalCluster.MASTER).push(image, APP, tag);
        for (String node : List.of(A, B, STRICT, STORE)) {
            awaitDigest(node, tag, image.digest());
        }
    }

    private void awaitDigest(String node, String reference, String digest) {
        await(node + ": " + reference).atMost(LIMIT).untilAsserted(() -> assertThat(
                        cluster.at(node).digestOf(APP, reference))
                .isEqualTo(digest));
    }

    private void deleteAtMaster(SampleImage image) {
        assertThat(cluster.at(RemovalCluster.MASTER)
                        .request("DELETE", "/v2/" + APP + "/manifests/" + image.digest(), Map.of())
                        .status())
                .isEqualTo(202);
    }

    private String awaitRemovals(String pattern) {
        await("removals like " + pattern).atMost(LIMIT).untilAsserted(() -> assertThat(cluster.removals())
                .containsPattern(pattern));
        try {
            return cluster.removals();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private String idOf(String tag) {
        Matcher matcher = Pattern.compile(
                        "(?m)^(\\w{16})  " + APP + ":" + Pattern.quote(tag) + "  (grace|held|ordered)")
                .matcher(awaitRemovals(APP + ":" + tag + "  (grace|held|ordered)"));
        assertThat(matcher.find()).isTrue();
        return matcher.group(1);
    }

    @Test
    @Order(1)
    void aDryRunSaysWhatWouldGoAndChangesNothing() throws Exception {
        String text = cluster.controller().removalConsole().remove(List.of(APP + ":2.0", "--dry-run"));

        assertThat(text)
                .contains(A + "                   would lose tags 2.0")
                .contains(second.digest() + " stays: tag latest points at it too")
                .doesNotContain("would lose tags 2.0 and manifests");
        assertThat(cluster.controller().removalConsole().remove(List.of(APP + ":1.0", "--dry-run")))
                .contains("would lose tags 1.0 and manifests " + first.digest());
        awaitDigest(A, "2.0", second.digest());
        awaitDigest(A, "1.0", first.digest());
        assertThatThrownBy(() -> cluster.controller().removalConsole().remove(List.of(APP + ":1.0")))
                .hasMessageContaining("The master's registry still has");
    }

    @Test
    @Order(2)
    void anImageThatIsBackWithinTheGraceStays() {
        deleteAtMaster(first);
        awaitRemovals(APP + ":1.0  grace");
        cluster.pass(GRACE.minusMinutes(1));
        awaitDigest(A, "1.0", first.digest());

        cluster.at(RemovalCluster.MASTER).push(first, APP, "1.0");
        awaitRemovals("No image is gone");
        cluster.pass(GRACE);
        awaitDigest(A, "1.0", first.digest());
    }

    @Test
    @Order(3)
    void aDeletedImageGoesAtNodesAlsoAtOneThatWasAway() throws Exception {
        cluster.stopRelay(B);
        deleteAtMaster(first);
        awaitRemovals(APP + ":1.0  grace");
        awaitDigest(A, first.digest(), first.digest());
        cluster.pass(GRACE);

        awaitDigest(A, "1.0", "");
        awaitDigest(A, first.digest(), "");
        awaitDigest(STORE, "1.0", "");
        awaitDigest(STORE, first.digest(), "");
        awaitDigest(A, "latest", second.digest());
        assertThat(awaitRemovals(STRICT + " +unsupported")).contains("REGISTRY_STORAGE_DELETE_ENABLED=true");
        awaitDigest(STRICT, "1.0", first.digest());
        awaitRemovals(B + " +away");
        awaitDigest(B, "1.0", first.digest());

        cluster.startRelay(B);
        awaitDigest(B, "1.0", "");
        awaitDigest(B, first.digest(), "");
        assertThat(cluster.controller().removalConsole().removals(List.of("--reject", idOf("1.0"))))
                .contains("keep it");
        awaitRemovals(APP + ":1.0  done");
    }

    @Test
    @Order(4)
    void aTagThatIsPushedAgainAfterItsRemovalComesBack() {
        push(first, "1.0");
    }

    @Test
    @Order(5)
    void anUntaggedImageKeepsItsOtherTagAndItsManifest() throws Exception {
        cluster.relay(RemovalCluster.MASTER).client().deleteTag(RepositoryName.of(APP), TagName.of("2.0"));
        awaitRemovals(APP + ":2.0  grace");
        cluster.pass(GRACE);

        for (String node : List.of(A, B, STORE)) {
            awaitDigest(node, "2.0", "");
            awaitDigest(node, "latest", second.digest());
            awaitDigest(node, second.digest(), second.digest());
        }
    }

    @Test
    @Order(6)
    void nothingFollowsFromARegistryThatIsAwayOrHasLostItsStorage() throws Exception {
        cluster.registry(RemovalCluster.MASTER).stop();
        cluster.pass(GRACE);
        awaitDigest(A, "latest", second.digest());
        Path storage = cluster.registry(RemovalCluster.MASTER).storage();
        Files.move(storage, storage.resolveSibling("elsewhere"));
        cluster.registry(RemovalCluster.MASTER).start();

        awaitRemovals(APP + ":latest  held .*shows none of its \\d+ images");
        cluster.pass(GRACE.multipliedBy(3));
        awaitRemovals(APP + ":1.0  held");
        awaitDigest(A, "latest", second.digest());
        awaitDigest(A, "1.0", first.digest());

        cluster.registry(RemovalCluster.MASTER).stop();
        Folders.delete(storage);
        Files.move(storage.resolveSibling("elsewhere"), storage);
        cluster.registry(RemovalCluster.MASTER).start();
        await("nothing is held any more").atMost(LIMIT).untilAsserted(() -> assertThat(cluster.removals())
                .doesNotContain("held"));
        awaitDigest(A, "latest", second.digest());
    }

    @Test
    @Order(7)
    void aMassDeletionIsHeldUntilAnOperatorConfirmsOrRejects() throws Exception {
        for (int i = 0; i < 6; i++) {
            push(SampleImages.oci(300 + i, 5_000), "m" + i);
        }
        for (int i = 0; i < 6; i++) {
            deleteAtMaster(SampleImages.oci(300 + i, 5_000));
        }
        awaitRemovals(APP + ":m5  held .*at once");
        cluster.pass(GRACE.multipliedBy(2));
        for (int i = 0; i < 6; i++) {
            awaitRemovals(APP + ":m" + i + "  held");
        }
        awaitDigest(A, "m1", SampleImages.oci(301, 5_000).digest());

        String yes = idOf("m1");
        String no = idOf("m2");
        assertThat(cluster.controller().removalConsole().removals(List.of("--confirm", yes)))
                .contains("nodes are told to delete");
        assertThat(cluster.controller().removalConsole().removals(List.of("--reject", no)))
                .contains("until its tag is pushed again");
        awaitDigest(A, "m1", "");
        awaitDigest(B, "m1", "");
        awaitRemovals(APP + ":m2  rejected");
        assertThat(cluster.controller().controlConsole().audit(List.of()))
                .contains("confirm-removal", "reject-removal", "shell", APP + ":m1 (removal " + yes + ")");
        awaitDigest(A, "m2", SampleImages.oci(302, 5_000).digest());
    }

    @Test
    @Order(8)
    void retentionListsWhatCouldGoAndDeletesNothing() throws Exception {
        String text = cluster.controller().removalConsole().retention(List.of());

        assertThat(text)
                .contains("By keep-newest 1,")
                .contains("Nothing is deleted by itself")
                .contains(APP + ": ");
        assertThat(cluster.controller().removalConsole().retention(List.of("--newest", "500")))
                .contains("0 of ");
        awaitDigest(A, "latest", second.digest());
        assertThatThrownBy(() -> cluster.controller().removalConsole().retention(List.of("--days", "many")))
                .hasMessageContaining("--days is no number");
    }
}
