package io.espalier.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.kafka.embedded.LoopbackPorts;
import io.espalier.testkit.kernel.KernelHome;
import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.ImagePusher;
import io.espalier.testkit.registry.RegistryServer;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import io.espalier.testkit.replication.RelayCluster;
import io.espalier.testkit.replication.RelaySite;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * A master and two nodes with their registries and kernels, as operators run them: what a node may do at another one, by the rules
 * that the master's operator makes in the shell.
 */
@Tag("scenario")
@RequiresProgram("docker-registry")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ControlScenarioTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int MASTER = 0;
    private static final String APP = "control/app";

    @TempDir
    private static Path folder;

    private final SampleImage image = SampleImages.oci(90, 400_000, 100_000);
    private RelayCluster cluster;

    @BeforeAll
    void start() {
        List<RelaySite> sites = new ArrayList<>();
        for (int site = 0; site < 3; site++) {
            sites.add(new RelaySite(
                    "site-" + site,
                    "127.0.0.1",
                    LoopbackPorts.free(),
                    LoopbackPorts.free(),
                    RegistryServer.in(folder.resolve("registry-" + site)),
                    Map.of(),
                    List.of()));
        }
        cluster = RelayCluster.prepare(sites, LoopbackPorts.free(), KernelHome.built(), folder.resolve("kernels"));
        cluster.start(Map.of());
        pusher(MASTER).push(image, APP, "v1");
        for (int site = 0; site < 3; site++) {
            awaitTag(site, "v1", image.digest());
        }
    }

    @AfterAll
    void stop() {
        cluster.close();
    }

    @Test
    @Order(1)
    void aNodeAsksForItsOwnImagesAndForThoseOfAnotherOnlyWhenARuleLetsIt() {
        assertThat(allowed(1, "control:ask images"))
                .contains("The registry of node site-1 has 1 image,")
                .contains(APP + ":v1 " + image.digest());
        assertThat(refused(1, "control:ask images site-2")).contains("No rule lets node site-1 images at node site-2");

        String rule = grant("control:grant site-1 images 'site-*'");
        assertThat(allowed(1, "control:ask images site-2 " + APP)).contains("node site-2", APP + ":v1");
        assertThat(allowed(1, "control:ask images site-0")).contains("node site-0", APP + ":v1");
        assertThat(refused(2, "control:ask images site-1")).contains("No rule lets node site-2");
        cluster.onMaster("control:revoke " + rule);
        assertThat(refused(1, "control:ask images site-2")).contains("No rule");
    }

    @Test
    @Order(2)
    void aSyncHealsAnImageThatWasDeletedInTheTargetsRegistry() {
        ImagePusher registry = pusher(2);
        registry.request("DELETE", "/v2/" + APP + "/manifests/" + image.digest(), Map.of());
        assertThat(registry.digestOf(APP, "v1")).isEmpty();
        assertThat(refused(1, "control:ask resync site-2 " + APP + ":v1")).contains("No rule");

        String rule = grant("control:grant site-1 resync site-2 --repositories 'control/*'");
        assertThat(allowed(1, "control:ask resync site-2 " + APP + ":v1")).contains("site-2 proves " + APP);
        awaitTag(2, "v1", image.digest());

        registry.request("DELETE", "/v2/" + APP + "/manifests/" + image.digest(), Map.of());
        assertThat(allowed(2, "control:ask resync")).contains("proves all its images");
        awaitTag(2, "v1", image.digest());
        assertThat(refused(1, "control:ask resync site-2 other/app:v1")).contains("No rule");
        cluster.onMaster("control:revoke " + rule);
    }

    @Test
    @Order(3)
    void aPushIsRefusedGrantedAndRefusedAgain() {
        assertThat(refused(1, "control:ask push " + APP + ":v1")).contains("No rule lets node site-1 push");
        String rule = grant("control:grant site-1 push,plan,measure master");
        assertThat(allowed(1, "control:ask push " + APP + ":v1")).contains(image.digest());
        assertThat(allowed(1, "control:ask measure")).contains("pairs");
        assertThat(allowed(1, "control:ask plan")).contains("made anew").contains("site-2");
        assertThat(refused(1, "control:ask push control/none:v1")).contains("not in the master's registry");
        assertThat(refused(2, "control:ask push " + APP + ":v1")).contains("No rule");
        cluster.onMaster("control:revoke " + rule);
        assertThat(refused(1, "control:ask push " + APP + ":v1")).contains("No rule");

        assertThat(cluster.onMaster("control:audit --node site-1 --limit 6").lines())
                .anySatisfy(line -> assertThat(line).contains(" push ", "refused", "No rule"))
                .anySatisfy(line -> assertThat(line).contains(" push ", "granted", "DONE", "rule " + rule))
                .anySatisfy(line -> assertThat(line).contains(" push ", "granted", "FAILED", "control/none:v1"));
    }

    @Test
    @Order(4)
    void aPausedNodeTakesNothingAlsoAfterARestartUntilItIsResumed() {
        String rule = grant("control:grant site-1 pause,resume site-2");
        assertThat(allowed(1, "control:ask pause site-2")).contains("takes no chunks of any image");
        assertThat(cluster.onMaster("node:list")).containsPattern("site-2 +connected, paused");
        cluster.stopKernel(2);
        cluster.startKernel(2);
        cluster.awaitConnected();
        assertThat(cluster.onMaster("node:list")).containsPattern("site-2 +connected, paused");

        SampleImage next = SampleImages.oci(91, 300_000);
        pusher(MASTER).push(next, APP, "v2");
        awaitTag(1, "v2", next.digest());
        Awaitility.await("the pause in the status")
                .atMost(SOON)
                .until(() -> cluster.onMaster("image:status " + APP + ":v2").contains("The node is paused"));
        assertThat(pusher(2).digestOf(APP, "v2")).isEmpty();

        assertThat(allowed(1, "control:ask resume site-2")).contains("takes chunks of all images again");
        awaitTag(2, "v2", next.digest());
        assertThat(cluster.onMaster("node:list")).doesNotContain("paused");
        cluster.onMaster("control:revoke " + rule);
    }

    @Test
    @Order(5)
    void aRemovedNodeGetsNothing() {
        grant("control:grant site-2 '*' '*'");
        assertThat(allowed(2, "control:ask images site-1")).contains(APP);
        cluster.onMaster("node:remove site-2");
        assertThat(refused(2, "control:ask images site-1")).contains("master");
        assertThat(refused(2, "control:ask images")).contains("master");
        assertThat(cluster.onMaster("control:list")).doesNotContain("site-2");
    }

    /** The rule's id. */
    private String grant(String command) {
        String answer = cluster.onMaster(command);
        assertThat(answer).startsWith("Rule ");
        return answer.substring("Rule ".length(), answer.indexOf(':'));
    }

    private String allowed(int site, String command) {
        KernelHome.Answer answer = cluster.home(site).exec(command);
        assertThat(answer.exit()).as(answer.text()).isZero();
        return answer.text();
    }

    private String refused(int site, String command) {
        KernelHome.Answer answer = cluster.home(site).exec(command);
        assertThat(answer.exit()).as(answer.text()).isNotZero();
        return answer.text();
    }

    private ImagePusher pusher(int site) {
        return ImagePusher.to(cluster.registry(site).uri());
    }

    private void awaitTag(int site, String tag, String digest) {
        Awaitility.await(APP + ":" + tag + " at site " + site)
                .atMost(SOON)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> pusher(site).digestOf(APP, tag).equals(digest));
    }
}
