package io.espalier.catalog.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.espalier.catalog.definition.DraftReader;
import io.espalier.catalog.service.CatalogException;
import io.espalier.stream.catalog.StreamDefinition;
import io.espalier.stream.id.StreamId;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CatalogDatabaseTest {
    private static final StreamId CLICK = StreamId.parse("ads.web.click");

    private final Path folder;

    CatalogDatabaseTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void keepsDefinitionsOverAReopen() throws Exception {
        StreamDefinition stored =
                definition(CLICK, "Clicks \uD83D\uDE00 of 'web'; DROP TABLE stream", "file", "hive", "a");
        try (CatalogDatabase database = open()) {
            assertThat(database.streams().insert(stored)).isTrue();
            assertThat(database.streams().insert(stored)).isFalse();
        }
        try (CatalogDatabase database = open()) {
            assertThat(database.streams().loadAll()).containsExactly(stored);
        }
    }

    @Test
    void updatesAndDeletesOnlyTheVersionNamed() throws Exception {
        StreamDefinition first = definition(CLICK, "one", "file");
        StreamDefinition second = DraftReader.read(Map.of("terminals", List.of("hive"), "priority", 1))
                .asNextOf(first);
        try (CatalogDatabase database = open()) {
            JdbcStreamStore store = database.streams();
            store.insert(first);

            assertThat(store.update(second)).isTrue();
            assertThat(store.update(second)).isFalse();
            assertThat(store.loadAll()).containsExactly(second);
            assertThat(store.delete(CLICK, 1)).isFalse();
            assertThat(store.delete(CLICK, 2)).isTrue();
            assertThat(store.loadAll()).isEmpty();
        }
    }

    @Test
    void keepsEveryCommittedRowWhenTheProcessIsKilled() throws Exception {
        Process writer = child(RowWriter.class);
        int acknowledged = 0;
        try (BufferedReader lines = writer.inputReader()) {
            String line = lines.readLine();
            while (line != null && acknowledged < 20) {
                acknowledged = Integer.parseInt(line);
                line = lines.readLine();
            }
        } finally {
            writer.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        }
        assertThat(acknowledged)
                .as("rows the writer reported before it was killed")
                .isEqualTo(20);

        try (CatalogDatabase database = open()) {
            assertThat(database.streams().loadAll())
                    .extracting(stream -> stream.id().business())
                    .contains("s1", "s10", "s20")
                    .hasSizeGreaterThanOrEqualTo(20);
        }
    }

    @Test
    void saysThatAnotherProcessHasTheFile() throws Exception {
        Process holder = child(RowWriter.class);
        try (BufferedReader lines = holder.inputReader()) {
            assertThat(lines.readLine()).isEqualTo("1");

            assertThat(refusal(CatalogDatabase.fileUrl(folder)).sentence())
                    .startsWith("Tried to open the catalog database jdbc:h2:file:" + folder)
                    .contains("another process has it open; stop that process");
        } finally {
            holder.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void saysThatTheFileIsDamaged() throws IOException {
        Files.writeString(folder.resolve("catalog.mv.db"), "This is no database. ".repeat(1_000));

        assertThat(refusal(CatalogDatabase.fileUrl(folder)).sentence())
                .contains("the file is damaged or of another H2 release")
                .endsWith("restore it from a backup, or move it away to start with an empty catalog.");
    }

    @Test
    void saysThatTheFolderCannotBeWritten() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "in the way");

        assertThat(refusal(CatalogDatabase.fileUrl(file)).sentence())
                .contains("the file cannot be read or written")
                .contains("check the folder's owner, rights and free space");
    }

    @Test
    void refusesASchemaThatANewerReleaseWrote() throws Exception {
        try (CatalogDatabase database = open();
                Connection connection = database.pool().dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("UPDATE \"flyway_schema_history\" SET \"checksum\" = 1");
        }

        assertThat(refusal(CatalogDatabase.fileUrl(folder)).sentence())
                .contains("up to date but it did not work")
                .contains("use the release that wrote the database last");
    }

    @Test
    void refusesADatabaseItDoesNotSpeak() {
        assertThat(refusal("jdbc:postgresql://localhost/catalog").sentence())
                .contains("kept in H2 only; set url to jdbc:h2:file:PATH.");
        assertThat(refusal("jdbc:h2:file:" + folder + "/x;NO_SUCH_SETTING=1").sentence())
                .contains("H2 refused");
    }

    @Test
    void leavesNoThreadBehind() throws Exception {
        try (CatalogDatabase database = open()) {
            database.streams().loadAll();
        }

        // A pool's last thread may still be on its way out when its executor has terminated.
        await("the database's threads end").atMost(Duration.ofSeconds(5)).untilAsserted(() -> assertThat(
                        Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.contains("catalog-database") || name.contains("MVStore")));
    }

    private CatalogDatabase open() throws CatalogException {
        return CatalogDatabase.open(CatalogDatabase.fileUrl(folder));
    }

    private static CatalogException refusal(String url) {
        CatalogException refused = catchThrowableOfType(
                CatalogException.class, () -> CatalogDatabase.open(url).close());
        assertThat(refused).as("opening %s is refused", url).isNotNull();
        return refused;
    }

    private Process child(Class<?> program) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        program.getName(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    static StreamDefinition definition(StreamId id, String description, String... terminals) {
        return DraftReader.read(Map.of("description", description, "terminals", List.of(terminals)))
                .asNew(id);
    }
}
