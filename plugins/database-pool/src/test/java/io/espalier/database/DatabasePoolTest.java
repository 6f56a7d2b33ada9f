package io.espalier.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.espalier.testkit.files.SmallDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DatabasePoolTest {
    private final Path folder;

    DatabasePoolTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void runsTheMigrationsThatADatabaseLacksAndKeepsItsRows() throws Exception {
        try (DatabasePool pool = open("V1__items.sql")) {
            insert(pool, "name", "'lamp'");
        }
        try (DatabasePool pool = open("V1__items.sql", "V2__colours.sql")) {
            insert(pool, "name, colour", "'chair', 'red'");

            assertThat(column(pool, "SELECT name || ' ' || colour FROM item ORDER BY name"))
                    .containsExactly("chair red", "lamp grey");
        }
    }

    @Test
    void undoesAllOfATransactionThatFails() throws Exception {
        try (DatabasePool pool = open("V1__items.sql")) {
            insert(pool, "name", "'lamp'");

            assertThatExceptionOfType(DatabaseException.class)
                    .isThrownBy(() -> pool.transaction("store two items", connection -> {
                        execute(connection, "INSERT INTO item (name) VALUES ('chair')");
                        return execute(connection, "INSERT INTO item (name) VALUES ('lamp')");
                    }))
                    .withMessageStartingWith("Tried to store two items but the items database " + url() + " failed (")
                    .withMessageEndingWith("; check its disk and try again.");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> pool.transaction("store an item", connection -> {
                        execute(connection, "INSERT INTO item (name) VALUES ('table')");
                        throw new IllegalArgumentException("The caller's own trouble.");
                    }));

            assertThat(column(pool, "SELECT name FROM item")).containsExactly("lamp");
        }
    }

    @Test
    void whatManyCommitAtATimeIsInTheFileWhenTheyReturn() throws Exception {
        int threads = 4;
        int rounds = 60;
        ExecutorService workers = Executors.newFixedThreadPool(threads);
        try (DatabasePool pool = open("V1__items.sql")) {
            for (int round = 0; round < rounds; round++) {
                List<Future<?>> commits = new ArrayList<>();
                for (int i = 0; i < threads; i++) {
                    String name = "'item " + round + " " + i + "'";
                    commits.add(workers.submit(() -> {
                        insert(pool, "name", name);
                        return null;
                    }));
                }
                for (Future<?> commit : commits) {
                    commit.get();
                }
                // What a process that is killed now would leave.
                Path copy = Files.createDirectories(folder.resolve("copy-" + round));
                Files.copy(folder.resolve("items.mv.db"), copy.resolve("items.mv.db"));
                try (DatabasePool left = DatabasePool.open(new DatabaseSettings(
                        "items",
                        DatabaseSettings.fileUrl(copy, "items"),
                        DatabasePoolTest.class,
                        List.of("V1__items.sql")))) {
                    assertThat(column(left, "SELECT name FROM item"))
                            .as("rows in the file after round %d", round)
                            .hasSize((round + 1) * threads);
                }
            }
        } finally {
            workers.shutdownNow();
        }
    }

    @Test
    void saysThatItsDiskIsFullUntilSomethingIsWritten() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(4 << 20);
                DatabasePool pool = DatabasePool.open(new DatabaseSettings(
                        "items",
                        DatabaseSettings.fileUrl(disk.folder(), "items"),
                        DatabasePoolTest.class,
                        List.of("V1__items.sql")))) {
            insert(pool, "name", "'lamp'");
            assertThat(pool.problem()).isEmpty();
            disk.fill();

            await("a write that fails").atMost(Duration.ofSeconds(30)).until(() -> {
                try {
                    insert(pool, "name", "'" + UUID.randomUUID() + "'");
                    return false;
                } catch (DatabaseException full) {
                    return true;
                }
            });
            assertThat(pool.problem()).hasValueSatisfying(problem -> assertThat(problem)
                    .startsWith("Tried to store an item but the items database ")
                    .endsWith("; check its disk and try again."));
            disk.free();
            await("reading goes on")
                    .atMost(Duration.ofSeconds(20))
                    .ignoreExceptions()
                    .untilAsserted(() ->
                            assertThat(column(pool, "SELECT name FROM item")).contains("lamp"));
            assertThat(pool.problem()).as("reading proves nothing").isPresent();
            insert(pool, "name", "'chair'");
            assertThat(pool.problem()).isEmpty();
        }
    }

    @Test
    void aRowThatTheDatabaseRefusesIsNoTroubleOfItsFile() throws Exception {
        try (DatabasePool pool = open("V1__items.sql")) {
            insert(pool, "name", "'lamp'");
            assertThatExceptionOfType(DatabaseException.class).isThrownBy(() -> insert(pool, "name", "'lamp'"));
            assertThat(pool.problem()).isEmpty();
        }
    }

    @Test
    void saysSoWhenNoConnectionComesFree() throws Exception {
        List<Connection> held = new ArrayList<>();
        try (DatabasePool pool = open("V1__items.sql")) {
            for (int i = 0; i < 4; i++) {
                held.add(pool.dataSource().getConnection());
            }

            assertThatExceptionOfType(DatabaseException.class)
                    .isThrownBy(() -> column(pool, "SELECT name FROM item"))
                    .withMessageContaining("items-database - Connection is not available");

            held.remove(0).close();
            assertThat(column(pool, "SELECT name FROM item")).isEmpty();
            for (Connection connection : held) {
                connection.close();
            }
        }
    }

    @Test
    void twoDatabasesDoNotMix() throws Exception {
        DatabaseSettings other = new DatabaseSettings(
                "others",
                DatabaseSettings.fileUrl(folder, "others"),
                DatabasePoolTest.class,
                List.of("V1__items.sql", "V2__colours.sql"));
        try (DatabasePool first = open("V1__items.sql");
                DatabasePool second = DatabasePool.open(other)) {
            insert(first, "name", "'lamp'");

            assertThat(column(second, "SELECT name FROM item")).isEmpty();
            assertThat(folder.resolve("items.mv.db")).exists();
            assertThat(folder.resolve("others.mv.db")).exists();
        }
    }

    @Test
    void refusesAMigrationThatFails() {
        assertThat(refusal(settings("V1__items.sql", "V2__broken.sql")))
                .startsWith(
                        "Tried to bring the schema of the items database " + url() + " up to date but it did not work");
    }

    @Test
    void aStartThatIsInterruptedInTheMiddleOfAMigrationLeavesAWholeSchema() throws Exception {
        FutureTask<Boolean> start = new FutureTask<>(() -> {
            InterruptedStart.from(Thread.currentThread());
            open("V1__items.sql", "V2__interrupted.sql").close();
            return Thread.interrupted();
        });
        new Thread(start, "start-that-is-interrupted").start();

        assertThat(start.get(30, TimeUnit.SECONDS))
                .as("whether the start still knows that it was interrupted")
                .isTrue();
        try (DatabasePool pool = open("V1__items.sql", "V2__interrupted.sql")) {
            assertThat(column(pool, "SELECT name FROM after_the_interrupt")).containsExactly("lamp");
        }
    }

    @Test
    void refusesASchemaThatAnotherReleaseWrote() throws Exception {
        try (DatabasePool pool = open("V1__items.sql")) {
            pool.transaction(
                    "spoil the history",
                    connection -> execute(connection, "UPDATE \"flyway_schema_history\" SET \"checksum\" = 1"));
        }
        assertThat(refusal(settings("V1__items.sql"))).contains("use the release that wrote the database last");
    }

    @Test
    void refusesWhatIsNoDatabaseOfItsOwn() throws IOException {
        Files.writeString(folder.resolve("items.mv.db"), "This is no database. ".repeat(1_000));
        DatabaseSettings foreign = new DatabaseSettings(
                "items", "jdbc:oracle:thin:@//localhost/items", DatabasePoolTest.class, List.of("V1__items.sql"));

        assertThat(refusal(settings("V1__items.sql")))
                .contains("the file is damaged or of another H2 release")
                .endsWith("restore it from a backup, or move it away to start with an empty items.");
        assertThat(refusal(foreign))
                .isEqualTo(
                        "Tried to open the items database but its url begins with none of jdbc:h2:, jdbc:postgresql:,"
                                + " jdbc:mariadb: and jdbc:mysql:; set url to one of those, as jdbc:h2:file:PATH.");
    }

    @Test
    void refusesASchemaThatANewerReleaseHasMade() throws Exception {
        open("V1__items.sql", "V2__colours.sql").close();

        assertThat(refusal(settings("V1__items.sql")))
                .contains("a newer release has brought its schema to version 2, and this one knows versions up to 1");
    }

    @Test
    void showsNeitherPasswordNorParameters() {
        DatabaseSettings secret = new DatabaseSettings(
                "items",
                "jdbc:postgresql://localhost/items?sslpassword=s3cret",
                "ann",
                "s3cret",
                DatabasePoolTest.class,
                List.of());

        assertThat(secret.toString()).contains("ann").doesNotContain("s3cret");
    }

    @Test
    void settingsNameWhatIsWrongInThem() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings("V1__items.sql", "V2__none.sql"))
                .withMessageContaining("V2__none.sql");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DatabaseSettings("No Name", url(), DatabasePoolTest.class, List.of()))
                .withMessageContaining("'No Name'");
    }

    @Test
    void leavesNoThreadBehindAlsoWhereAMigrationFails() throws Exception {
        open("V1__items.sql").close();
        refusal(settings("V1__items.sql", "V2__broken.sql"));

        // A pool's last thread may still be on its way out when its executor has terminated.
        await("the database's threads end").atMost(Duration.ofSeconds(5)).untilAsserted(() -> assertThat(
                        Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.contains("items-database") || name.contains("MVStore")));
    }

    private String url() {
        return DatabaseSettings.fileUrl(folder, "items");
    }

    private DatabaseSettings settings(String... scripts) {
        return new DatabaseSettings("items", url(), DatabasePoolTest.class, List.of(scripts));
    }

    private DatabasePool open(String... scripts) throws DatabaseException {
        return DatabasePool.open(settings(scripts));
    }

    private static String refusal(DatabaseSettings settings) {
        DatabaseException refused = catchThrowableOfType(
                DatabaseException.class, () -> DatabasePool.open(settings).close());
        assertThat(refused).as("opening %s is refused", settings).isNotNull();
        return refused.sentence();
    }

    private static void insert(DatabasePool pool, String columns, String values) throws DatabaseException {
        pool.transaction(
                "store an item",
                connection -> execute(connection, "INSERT INTO item (" + columns + ") VALUES (" + values + ")"));
    }

    private static boolean execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.execute(sql);
        }
    }

    private static List<String> column(DatabasePool pool, String sql) throws DatabaseException {
        return pool.transaction("read the items", connection -> {
            List<String> values = new ArrayList<>();
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(sql)) {
                while (row.next()) {
                    values.add(row.getString(1));
                }
            }
            return values;
        });
    }
}
