package io.espalier.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.espalier.kafka.embedded.LoopbackPorts;
import io.espalier.testkit.database.DatabaseServer;
import io.espalier.testkit.registry.TestAuthority;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What a pool does on every database server; the server is this test's own, and it is stopped, killed and frozen. */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ServerPoolContract {
    private static final Duration SOON = Duration.ofSeconds(30);

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private DatabaseServer server;

    abstract DatabaseServer create();

    /** What is said of a database that is not there. */
    abstract String unknownDatabase();

    @BeforeAll
    void startServer() {
        server = create();
    }

    @AfterAll
    void closeServer() {
        server.close();
    }

    @BeforeEach
    void listen() {
        Logger watch = (Logger) LoggerFactory.getLogger(DatabaseWatch.class);
        watch.setLevel(Level.INFO);
        log.list.clear();
        log.start();
        watch.addAppender(log);
    }

    @AfterEach
    void deaf() {
        ((Logger) LoggerFactory.getLogger(DatabaseWatch.class)).detachAppender(log);
        log.stop();
    }

    DatabaseServer server() {
        return server;
    }

    @Test
    void runsTheMigrationsAndKeepsTheRows() throws Exception {
        String database = server.newDatabase();
        try (DatabasePool pool = DatabasePool.open(settings(database, "V1__items.sql"))) {
            insert(pool, "lamp");
        }
        try (DatabasePool pool = DatabasePool.open(settings(database, "V1__items.sql", "V2__colours.sql"))) {
            insert(pool, "chair");

            assertThat(names(pool)).isEqualTo("chair lamp");
        }
        assertThat(refusal(settings(database, "V1__items.sql")))
                .contains("a newer release has brought its schema to version 2, and this one knows versions up to 1");
    }

    @Test
    void saysThatThePasswordIsWrong() {
        DatabaseSettings wrong = at(server.url(server.newDatabase()), server.user(), "not the s3cret");

        assertThat(refusal(wrong))
                .contains("the server does not let user 'espalier' in with this password")
                .endsWith("mend user or password.")
                .doesNotContain("s3cret");
    }

    @Test
    void saysThatTheHostIsUnknown() {
        String url = server.url("x").replace("127.0.0.1", "no-such-host.invalid");
        DatabaseException refused = refused(at(url, server.user(), server.password()));

        assertThat(refused.sentence()).contains("its host is not known").contains("no-such-host.invalid");
        assertThat(refused.isAway()).as("a name service may be away").isTrue();
    }

    @Test
    void saysThatNobodyListensThere() {
        String url = server.url("x").replace(":" + server.port(), ":" + LoopbackPorts.free());
        DatabaseException refused = refused(at(url, server.user(), server.password()));

        assertThat(refused.sentence())
                .contains("the server does not answer")
                .endsWith("start it, or mend host and port in the url.");
        assertThat(refused.isAway()).isTrue();
    }

    @Test
    void saysThatThereIsNoSuchDatabase() {
        DatabaseException refused = refused(settings("nowhere", "V1__items.sql"));

        assertThat(refused.sentence()).contains(unknownDatabase());
        assertThat(refused.isAway()).isFalse();
    }

    @Test
    void saysThatRightsAreMissing() {
        String database = server.newDatabase();
        takeRights(database);

        assertThat(refusal(settings(database, "V1__items.sql")))
                .contains("user 'espalier' may not do that")
                .endsWith("make it the owner of the database, or grant it all rights on it.");
    }

    /** Leaves the user the right to connect alone. */
    abstract void takeRights(String database);

    @Test
    void refusesAPasswordInTheUrl() {
        String url = server.url("x") + "?user=ann&password=s3cret";

        assertThat(refusal(at(url, "", "")))
                .contains("its url has a user or password in it")
                .doesNotContain("s3cret");
    }

    @Test
    void speaksTlsAsTheUrlSays(@TempDir Path folder) throws Exception {
        TestAuthority authority = TestAuthority.named("databases");
        TestAuthority stranger = TestAuthority.named("strangers");
        TestAuthority.ServerFiles files = authority.issue(folder, "127.0.0.1");
        server.stop();
        server.useTls(files.certificate(), files.key());
        server.start();
        String url = server.url(server.newDatabase());
        String trusted = url + tls(authority.writeTo(folder.resolve("ca.pem")));
        String distrusted = url + tls(stranger.writeTo(folder.resolve("stranger.pem")));

        try (DatabasePool pool = DatabasePool.open(at(trusted, server.user(), server.password()))) {
            assertThat(pool.<Boolean>transaction("ask for TLS", this::isEncrypted))
                    .isTrue();
        }
        DatabaseException refused = refused(at(distrusted, server.user(), server.password()));
        assertThat(refused.sentence())
                .contains("its certificate is not trusted")
                .doesNotContain("stranger.pem");
        assertThat(refused.isAway()).isFalse();
    }

    /** Parameters of a URL for a connection to a server whose certificate this authority has issued. */
    abstract String tls(Path authority);

    abstract boolean isEncrypted(Connection connection) throws SQLException;

    static String text(Connection connection, String select, int column) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(select)) {
            return row.next() ? String.valueOf(row.getString(column)) : "";
        }
    }

    @Test
    void undoesATransactionThatFails() throws Exception {
        try (DatabasePool pool = DatabasePool.open(settings(server.newDatabase(), "V1__items.sql"))) {
            insert(pool, "lamp");
            DatabaseException refused = catchThrowableOfType(
                    DatabaseException.class,
                    () -> pool.transaction("store two items", connection -> {
                        execute(connection, "INSERT INTO item (name) VALUES ('chair')");
                        return execute(connection, "INSERT INTO item (name) VALUES ('lamp')");
                    }));

            assertThat(refused.isAway()).isFalse();
            assertThat(refused.sentence()).startsWith("Tried to store two items but the items database jdbc:");
            assertThat(names(pool)).isEqualTo("lamp");
        }
    }

    @Test
    void goesOnByItselfAfterTheServerWasKilled() throws Exception {
        goesOnAfter(server::kill, server::start);
    }

    @Test
    void goesOnByItselfAfterTheServerWasFrozen() throws Exception {
        goesOnAfter(server::freeze, server::thaw);
    }

    @Test
    void goesOnByItselfAfterTheServerWasStopped() throws Exception {
        goesOnAfter(server::stop, server::start);
    }

    private void goesOnAfter(Runnable fault, Runnable cure) throws Exception {
        try (DatabasePool pool = DatabasePool.open(settings(server.newDatabase(), "V1__items.sql"))) {
            insert(pool, "lamp");
            AtomicInteger back = new AtomicInteger();
            pool.whenBack(back::incrementAndGet);
            boolean cured = false;
            fault.run();
            try {
                await("the pool to notice").atMost(SOON).until(() -> pool.problem()
                        .isPresent());
                failsAtOnce(pool);
                cure.run();
                cured = true;
                await("the pool to go on").atMost(SOON).until(() -> pool.problem()
                        .isEmpty());
            } finally {
                if (!cured) {
                    cure.run();
                }
            }
            insert(pool, "chair");

            assertThat(names(pool)).isEqualTo("chair lamp");
            await("those who wait to hear of it").atMost(SOON).until(() -> back.get() == 1);
            assertThat(log.list)
                    .extracting(event -> event.getLevel().toString())
                    .as(() -> log.list.toString())
                    .containsExactly("WARN", "INFO");
        }
    }

    private static void failsAtOnce(DatabasePool pool) {
        long start = System.nanoTime();
        for (int i = 0; i < 20; i++) {
            DatabaseException failed = catchThrowableOfType(DatabaseException.class, () -> insert(pool, "table"));
            assertThat(failed.isAway()).isTrue();
            assertThat(failed.sentence()).startsWith("Tried to store an item but the items database jdbc:");
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
    }

    @Test
    void aTransactionThatIsUnderWayWhenTheServerFreezesFailsWithinSeconds() throws Exception {
        try (DatabasePool pool = DatabasePool.open(settings(server.newDatabase(), "V1__items.sql"))) {
            CompletableFuture<Void> begun = new CompletableFuture<>();
            CompletableFuture<Void> frozen = new CompletableFuture<>();
            CompletableFuture<Throwable> outcome = new CompletableFuture<>();
            Thread worker = new Thread(
                    () -> outcome.complete(catchThrowableOfType(
                            DatabaseException.class,
                            () -> pool.transaction("store an item", connection -> {
                                execute(connection, "INSERT INTO item (name) VALUES ('lamp')");
                                begun.complete(null);
                                frozen.join();
                                return execute(connection, "INSERT INTO item (name) VALUES ('chair')");
                            }))),
                    "test-transaction");
            worker.start();
            begun.join();
            server.freeze();
            try {
                frozen.complete(null);
                await("the transaction to fail").atMost(SOON).until(outcome::isDone);
                assertThat(outcome.join())
                        .isInstanceOfSatisfying(DatabaseException.class, failed -> assertThat(failed.isAway())
                                .isTrue());
            } finally {
                server.thaw();
                worker.join(SOON.toMillis());
            }
            await("the pool to go on").atMost(SOON).until(() -> pool.problem().isEmpty());
            assertThat(names(pool))
                    .as("a transaction that failed leaves nothing")
                    .isEmpty();
        }
    }

    @Test
    void closesAndLeavesNoThreadWhileTheServerIsFrozen() throws Exception {
        DatabasePool pool = DatabasePool.open(settings(server.newDatabase(), "V1__items.sql"));
        server.freeze();
        try {
            long start = System.nanoTime();
            pool.close();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(25));
        } finally {
            server.thaw();
        }
        await("the database's threads end").atMost(SOON).untilAsserted(() -> assertThat(
                        Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.contains("items-database")));
    }

    DatabaseSettings settings(String database, String... scripts) {
        return new DatabaseSettings(
                "items",
                server.url(database),
                server.user(),
                server.password(),
                ServerPoolContract.class,
                List.of(scripts));
    }

    DatabaseSettings at(String url, String user, String password) {
        return new DatabaseSettings("items", url, user, password, ServerPoolContract.class, List.of("V1__items.sql"));
    }

    static DatabaseException refused(DatabaseSettings settings) {
        DatabaseException refused = catchThrowableOfType(
                DatabaseException.class, () -> DatabasePool.open(settings).close());
        assertThat(refused).as("opening %s is refused", settings).isNotNull();
        return refused;
    }

    static String refusal(DatabaseSettings settings) {
        return refused(settings).sentence();
    }

    static void insert(DatabasePool pool, String name) throws DatabaseException {
        pool.transaction(
                "store an item", connection -> execute(connection, "INSERT INTO item (name) VALUES ('" + name + "')"));
    }

    private static boolean execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.execute(sql);
        }
    }

    static String names(DatabasePool pool) throws DatabaseException {
        return pool.transaction("read the items", connection -> {
            StringBuilder names = new StringBuilder();
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT name FROM item ORDER BY name")) {
                while (row.next()) {
                    names.append(row.getString(1)).append(' ');
                }
            }
            return names.toString().strip();
        });
    }
}
