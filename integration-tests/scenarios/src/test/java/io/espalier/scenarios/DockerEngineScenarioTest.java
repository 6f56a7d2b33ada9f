package io.espalier.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.kafka.embedded.LoopbackPorts;
import io.espalier.testkit.docker.DockerEngineServer;
import io.espalier.testkit.kernel.KernelHome;
import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.ImagePusher;
import io.espalier.testkit.registry.RegistryServer;
import io.espalier.testkit.registry.RunnableImage;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.replication.RelayCluster;
import io.espalier.testkit.replication.RelaySite;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * A master whose release gate tries every image in a real Docker engine, and a node that tests what arrives, in the same engine: two
 * kernels, two registries, as an operator runs them.
 */
@Tag("scenario")
@RequiresProgram(value = "dockerd", debianPackage = "docker.io")
@RequiresProgram(value = "busybox", debianPackage = "busybox-static")
@RequiresProgram("docker-registry")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DockerEngineScenarioTest {
    private static final Duration SOON = Duration.ofSeconds(90);
    private static final int MASTER = 0;
    private static final int NODE = 1;
    private static final String FOREVER = "echo serving; while true; do /bin/busybox sleep 1; done";

    @TempDir
    private static Path folder;

    private DockerEngineServer engine;
    private RelayCluster cluster;

    @BeforeAll
    void start() {
        engine = DockerEngineServer.start(folder.resolve("engine"));
        List<RelaySite> sites = new ArrayList<>();
        for (int site : List.of(MASTER, NODE)) {
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
        Map<String, Object> common =
                Map.of("socket", engine.socket().toString(), "stay-up-seconds", 2, "time-limit-seconds", 30);
        configure(MASTER, common, Map.of("gate", true));
        configure(NODE, common, Map.of("arrivals", "test"));
        cluster.start(Map.of("release-gate", "required"));
    }

    private void configure(int site, Map<String, Object> common, Map<String, Object> own) {
        Map<String, Object> all = new LinkedHashMap<>(common);
        all.putAll(own);
        cluster.home(site).configure("docker.engine", all);
    }

    @AfterAll
    void stop() {
        if (cluster != null) {
            cluster.close();
        }
        if (engine != null) {
            engine.close();
        }
    }

    private SampleImage push(RunnableImage image, String repository) {
        SampleImage sample = image.sample();
        ImagePusher.to(cluster.registry(MASTER).uri()).push(sample, repository, "v1");
        return sample;
    }

    private String digestAtNode(String repository) {
        return ImagePusher.to(cluster.registry(NODE).uri()).digestOf(repository, "v1");
    }

    private String status() {
        return cluster.home(MASTER).exec("image:status").text();
    }

    @Test
    void onlyWhatStartsAndStaysUpLeavesTheMasterAndIsTestedAgainWhereItArrives() throws Exception {
        SampleImage crashing = push(RunnableImage.running("echo no database >&2; exit 3"), "shop/crashing");
        SampleImage staying = push(RunnableImage.running(FOREVER), "shop/staying");

        await("the image that stays up at the node")
                .until(() -> digestAtNode("shop/staying").equals(staying.digest()));
        await("the reason why the other one is held").until(() -> status().contains("ended with code 3"));
        Matcher log = Pattern.compile("What it printed is in (\\S+\\.log)").matcher(status());
        assertThat(log.find()).as(status()).isTrue();
        assertThat(Files.readString(Path.of(log.group(1)))).isEqualTo("no database\n");
        assertThat(digestAtNode("shop/crashing")).isEmpty();
        await("the test at the node")
                .until(() ->
                        cluster.home(NODE).exec("engine:status").text().contains("arrival  passed    shop/staying:v1"));
        assertThat(cluster.home(NODE).exec("engine:logs shop/staying:v1").text())
                .contains("serving");

        assertThat(cluster.onMaster("image:release shop/crashing:v1")).contains(crashing.digest());
        await("the released image at the node")
                .until(() -> digestAtNode("shop/crashing").equals(crashing.digest()));
        await("its failing test at the node").until(() -> cluster.home(NODE)
                .exec("engine:status")
                .text()
                .contains("arrival  failed    shop/crashing:v1: It ended with code 3"));
        await("the engine to be clean").until(() -> engine.containers().isEmpty());
    }

    private static ConditionFactory await(String what) {
        return Awaitility.await(what).atMost(SOON).pollInterval(Duration.ofMillis(300));
    }
}
