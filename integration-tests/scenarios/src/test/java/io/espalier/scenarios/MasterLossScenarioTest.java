package io.espalier.scenarios;

import static io.espalier.scenarios.DatabaseSites.MASTER;
import static io.espalier.scenarios.DatabaseSites.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.testkit.files.Folders;
import io.espalier.testkit.process.ChildProcess;
import io.espalier.testkit.process.ProcessPlan;
import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The master's data folder is destroyed, with its H2 database, its authority and its keys. */
@Tag("scenario")
@RequiresProgram("docker-registry")
@RequiresProgram("skopeo")
class MasterLossScenarioTest {
    @TempDir
    private Path folder;

    private DatabaseSites sites;

    @BeforeEach
    void start() {
        sites = new DatabaseSites(folder);
        sites.cluster.start(Map.of());
        for (int version = 1; version <= 3; version++) {
            SampleImage image = SampleImages.oci(version, 100_000);
            sites.push(image, "shop/web", "v1");
            sites.awaitEverywhere(image, "shop/web", "v1", SOON);
            sites.awaitAnswer("image:status shop/web:v1", DatabaseSites.shown(image));
        }
        sites.awaitDone("shop/web:v1");
    }

    @AfterEach
    void stop() {
        sites.close();
    }

    @Test
    void theBackupBringsNodesAndGenerationsBack() {
        Path backup = folder.resolve("master.tar");
        assertThat(sites.cluster.onMaster("node:backup " + backup)).contains("The database replication.mv.db");
        assertThat(sites.cluster.home(MASTER).exec("node:backup " + backup).text())
                .contains("there is such a file already");
        Path data = loseTheMaster();
        data.toFile().mkdirs();
        try (ChildProcess tar = ProcessPlan.command("tar", "xpf", backup.toString(), "-C", data.toString())
                .start()) {
            assertThat(tar.awaitExit(SOON)).as(() -> tar.output().toString()).isZero();
        }

        sites.cluster.startMaster(Map.of());
        sites.cluster.awaitConnected();
        SampleImage next = SampleImages.oci(4, 100_000);
        sites.push(next, "shop/web", "v1");
        sites.awaitEverywhere(next, "shop/web", "v1", SOON);
        sites.awaitAnswer("image:status shop/web:v1", DatabaseSites.shown(next));
    }

    @Test
    void withoutABackupNodesJoinAgainAndImagesGoOnFromTheirGenerations() {
        loseTheMaster();
        sites.cluster.stopKernels();
        sites.cluster.start(Map.of());

        SampleImage next = SampleImages.oci(4, 100_000);
        sites.push(next, "shop/web", "v1");
        sites.awaitEverywhere(next, "shop/web", "v1", SOON);
        sites.awaitDone("shop/web:v1");
        assertThat(sites.cluster.onMaster("image:verify shop/web:v1")).contains("whole and right at 3 of 3 nodes");
    }

    private Path loseTheMaster() {
        sites.cluster.killKernel(MASTER);
        Path data = sites.cluster.home(MASTER).data();
        Folders.delete(data);
        return data;
    }
}
