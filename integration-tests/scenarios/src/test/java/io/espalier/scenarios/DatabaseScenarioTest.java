package io.espalier.scenarios;

import static io.espalier.scenarios.DatabaseSites.MASTER;
import static io.espalier.scenarios.DatabaseSites.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.testkit.database.DatabaseServer;
import io.espalier.testkit.database.PostgresServer;
import io.espalier.testkit.files.Folders;
import io.espalier.testkit.kernel.KernelHome;
import io.espalier.testkit.process.ChildProcess;
import io.espalier.testkit.process.ProcessPlan;
import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A master whose state is in PostgreSQL, which is frozen, killed and lost while images travel. */
@Tag("scenario")
@RequiresProgram("docker-registry")
@RequiresProgram("skopeo")
@RequiresProgram(value = "postgres", debianPackage = "postgresql")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DatabaseScenarioTest {
    private static final Duration MINUTE = Duration.ofSeconds(60);
    private static final int LAYER = 6_000_000;
    private static final String DONE_PARTS =
            "SELECT count(*) FROM transfer_part p JOIN transfer t ON t.id = p.transfer WHERE t.repository = '%s'"
                    + " AND p.state = 'DONE'";

    @TempDir
    private static Path folder;

    private DatabaseServer postgres;
    private String database;
    private DatabaseSites sites;

    @BeforeAll
    void start() {
        postgres = PostgresServer.create();
        database = postgres.newDatabase();
        sites = new DatabaseSites(folder);
        sites.cluster.start(settings());
    }

    @AfterAll
    void stop() {
        sites.close();
        postgres.close();
    }

    private Map<String, Object> settings() {
        return Map.of(
                "url",
                postgres.url(database),
                "user",
                postgres.user(),
                "password",
                postgres.password(),
                "poll-seconds",
                3600);
    }

    @Test
    void aDatabaseThatAnswersNothingForAMinuteStopsNoTransfer() {
        SampleImage image = SampleImages.oci(1, LAYER, LAYER, LAYER);
        SampleImage later = SampleImages.oci(2, 100_000);
        long mark = sites.mark();
        sites.push(image, "frozen/app", "v1");
        sites.awaitReceiving("frozen/app:v1");
        long frozen = System.nanoTime();
        postgres.freeze();
        try {
            sites.awaitEverywhere(image, "frozen/app", "v1", SOON);
            assertThat(sites.awaitAnswer("health:check", "does not answer")).contains("what runs goes on");
            assertThat(sites.cluster.onMaster("node:list").lines().filter(line -> line.contains(" connected")))
                    .as("members stay")
                    .hasSize(3);
            KernelHome.Answer token = sites.cluster.home(MASTER).exec("node:token");
            assertThat(token.text()).contains("Tried to store a join token but the replication database");
            assertThat(token.exit()).isNotZero();
            sites.push(later, "frozen/later", "v1");
            Awaitility.await("a minute without the database")
                    .atMost(MINUTE.multipliedBy(2))
                    .until(() -> System.nanoTime() - frozen > MINUTE.toNanos());
        } finally {
            postgres.thaw();
        }
        sites.awaitEverywhere(later, "frozen/later", "v1", SOON);
        awaitStored("frozen/app");
        awaitStored("frozen/later");
        requireQuietLog(mark);
    }

    @Test
    void aDatabaseThatIsKilledStopsNoTransfer() {
        SampleImage image = SampleImages.oci(3, LAYER, LAYER);
        long mark = sites.mark();
        sites.push(image, "killed/app", "v1");
        sites.awaitReceiving("killed/app:v1");
        postgres.kill();
        try {
            sites.awaitEverywhere(image, "killed/app", "v1", SOON);
        } finally {
            postgres.start();
        }
        awaitStored("killed/app");
        requireQuietLog(mark);
    }

    private void awaitStored(String repository) {
        Awaitility.await("what the nodes said of " + repository + " to be stored")
                .atMost(SOON)
                .until(
                        () -> postgres.sql(database, DONE_PARTS.formatted(repository))
                                .strip(),
                        "3"::equals);
    }

    /** One line at the beginning, one at the end. */
    private void requireQuietLog(long mark) {
        List<String> lines = sites.log(mark);
        assertThat(lines).filteredOn(line -> line.contains("does not answer")).hasSize(1);
        assertThat(lines).filteredOn(line -> line.contains("answers again")).hasSize(1);
        assertThat(lines)
                .filteredOn(line -> line.contains(" WARN ") || line.contains(" ERROR "))
                .filteredOn(line -> !line.contains("does not answer") && line.matches(".*(database|stored|kept).*"))
                .as("no storm")
                .isEmpty();
    }

    @Test
    void aMasterThatStartsBeforeItsDatabaseWaitsForIt() {
        sites.cluster.stopKernel(MASTER);
        postgres.stop();
        try {
            sites.cluster.startKernel(MASTER);
            sites.awaitAnswer("node:list", "The controller waits for its database.");
            assertThat(sites.awaitAnswer("health:check", "waits for its database"))
                    .contains("the server does not answer");
        } finally {
            postgres.start();
        }
        sites.cluster.awaitConnected();
        SampleImage image = SampleImages.oci(4, 200_000);
        sites.push(image, "started/app", "v1");
        sites.awaitEverywhere(image, "started/app", "v1", SOON);
    }

    @Test
    void aMasterThatIsRestoredFromItsBackupHasItsNodesAndGenerations() {
        sites.push(SampleImages.oci(5, 100_000), "backup/app", "v1");
        sites.awaitDone("backup/app:v1");
        SampleImage second = SampleImages.oci(6, 100_000);
        sites.push(second, "backup/app", "v1");
        sites.awaitEverywhere(second, "backup/app", "v1", SOON);
        sites.awaitAnswer("image:status backup/app:v1", DatabaseSites.shown(second));
        awaitStored("backup/app", 6);

        Path keys = folder.resolve("master.tar");
        Path dump = folder.resolve("replication.sql");
        assertThat(sites.cluster.onMaster("node:backup " + keys))
                .contains("The database is on a server and is not in it");
        postgres.dump(database, dump);
        loseTheMaster();
        database = postgres.newDatabase();
        postgres.restore(database, dump);
        unpack(keys);

        sites.cluster.startMaster(settings());
        sites.cluster.awaitConnected();
        SampleImage third = SampleImages.oci(7, 100_000);
        sites.push(third, "backup/app", "v1");
        sites.awaitEverywhere(third, "backup/app", "v1", SOON);
        sites.awaitAnswer("image:status backup/app:v1", DatabaseSites.shown(third));
    }

    private void awaitStored(String repository, int parts) {
        Awaitility.await("what the nodes said of " + repository + " to be stored")
                .atMost(SOON)
                .until(
                        () -> postgres.sql(database, DONE_PARTS.formatted(repository))
                                .strip(),
                        String.valueOf(parts)::equals);
    }

    private void loseTheMaster() {
        sites.cluster.killKernel(MASTER);
        Folders.delete(sites.cluster.home(MASTER).data());
        postgres.sql("postgres", "DROP DATABASE " + database + " WITH (FORCE)");
    }

    private void unpack(Path keys) {
        Path data = sites.cluster.home(MASTER).data();
        data.toFile().mkdirs();
        try (ChildProcess tar = ProcessPlan.command("tar", "xpf", keys.toString(), "-C", data.toString())
                .start()) {
            assertThat(tar.awaitExit(SOON)).as(() -> tar.output().toString()).isZero();
        }
    }
}
