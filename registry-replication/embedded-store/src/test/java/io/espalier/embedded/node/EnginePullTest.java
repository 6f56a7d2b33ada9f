package io.espalier.embedded.node;

import static io.espalier.embedded.store.StoreSamples.APP;
import static io.espalier.embedded.store.StoreSamples.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.testkit.docker.DockerEngineServer;
import io.espalier.testkit.process.ChildProcess;
import io.espalier.testkit.process.ProcessPlan;
import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.RunnableImage;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What hosts pull with: Docker's engine, and containerd by its own client. */
@RequiresProgram(value = "dockerd", debianPackage = "docker.io")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(240)
class EnginePullTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final SampleImage INDEX =
            SampleImages.index(SampleImages.oci(1, 300_000, 10), SampleImages.ociFor("linux/arm64", 2, 200_000));

    @TempDir
    private static Path folder;

    private Door door;
    private DockerEngineServer engine;

    @BeforeAll
    void open() throws Exception {
        door = new Door(folder.resolve("store"));
        engine = DockerEngineServer.start(folder.resolve("engine"));
    }

    @AfterAll
    void close() {
        if (engine != null) {
            engine.close();
        }
        if (door != null) {
            door.close();
        }
    }

    private String reference(String tag) {
        return "127.0.0.1:" + door.address().getPort() + "/team/app:" + tag;
    }

    /** By a client of its own, as hosts of Kubernetes do it. */
    private List<String> containerd(String... words) {
        List<String> command = new ArrayList<>(
                List.of("ctr", "--address", engine.containerdSocket().toString(), "--namespace", "pulls"));
        command.addAll(List.of(words));
        try (ChildProcess client = ProcessPlan.command(command).start()) {
            assertThat(client.awaitExit(LIMIT))
                    .as(() -> command + "\n" + String.join("\n", client.output()))
                    .isZero();
            return client.output();
        }
    }

    @Test
    void dockerPullsTheManifestOfItsPlatformAndKnowsTheDigest() throws Exception {
        put(door.client(), APP, INDEX, "multi");
        put(door.client(), APP, SampleImages.docker(3, 40_000), "docker");

        engine.docker("pull", reference("multi"));
        engine.docker("pull", reference("docker"));

        assertThat(engine.images()).contains(reference("multi"), reference("docker"));
        assertThat(engine.docker("image", "inspect", "--format", "{{json .RepoDigests}}", reference("multi")))
                .singleElement()
                .asString()
                .contains("@" + INDEX.digest());
        engine.docker("rmi", reference("multi"), reference("docker"));
    }

    @Test
    @RequiresProgram(value = "busybox", debianPackage = "busybox-static")
    void pulledImageRuns() throws Exception {
        SampleImage image = RunnableImage.running("echo it runs").sample();
        put(door.client(), APP, image, "runs");

        assertThat(engine.docker("run", "--rm", "--network", "none", reference("runs")))
                .contains("it runs");

        engine.docker("rmi", reference("runs"));
    }

    @Test
    @RequiresProgram(value = "ctr", debianPackage = "containerd")
    void containerdPullsAllPlatformsByTagAndByDigest() throws Exception {
        put(door.client(), APP, INDEX, "all");
        String byDigest = "127.0.0.1:" + door.address().getPort() + "/team/app@" + INDEX.digest();

        containerd("content", "fetch", "--plain-http", "--all-platforms", reference("all"));
        containerd("images", "pull", "--plain-http", "--snapshotter", "native", byDigest);

        assertThat(containerd("images", "list"))
                .anyMatch(line -> line.contains(reference("all")) && line.contains(INDEX.digest()))
                .anyMatch(line -> line.contains(byDigest));
        List<String> content = containerd("content", "list", "--quiet");
        assertThat(content)
                .as("every blob and manifest of both platforms")
                .containsAll(INDEX.blobs().stream().map(blob -> blob.digest()).toList())
                .containsAll(
                        INDEX.withChildren().stream().map(SampleImage::digest).toList());
        containerd("images", "rm", reference("all"), byDigest);
    }
}
