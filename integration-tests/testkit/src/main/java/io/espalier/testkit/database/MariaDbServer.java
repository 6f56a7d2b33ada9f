package io.espalier.testkit.database;

import io.espalier.kafka.embedded.LoopbackPorts;
import io.espalier.testkit.process.ProcessPlan;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * MariaDB, of Debian's package {@code mariadb-server}, on a loopback port.
 *
 * <p>A test that uses it is marked {@code @RequiresProgram(value = "mariadbd", debianPackage = "mariadb-server")}.
 */
public final class MariaDbServer implements DatabaseServer {
    private static final String USER = "espalier";
    private static final String PASSWORD = "maria-3f'9 secret";
    private static final String NO_FILES = "--no-defaults";

    private final ServerProcess server = new ServerProcess("my-", "mysql");
    private final int port = LoopbackPorts.free();
    private final AtomicInteger databases = new AtomicInteger();
    private List<String> tls = List.of();

    private MariaDbServer() {}

    /** A new server with a user; takes some seconds. */
    public static MariaDbServer create() {
        MariaDbServer made = new MariaDbServer();
        try {
            made.initialise();
            made.start();
            made.sql(
                    "mysql",
                    "CREATE USER " + USER + "@'127.0.0.1' IDENTIFIED BY '" + PASSWORD.replace("'", "''") + "'");
            return made;
        } catch (RuntimeException | Error failed) {
            made.close();
            throw failed;
        }
    }

    private void initialise() {
        ServerProcess.run(server.plan(
                "mariadb-install-db",
                List.of(
                        NO_FILES,
                        "--datadir=" + data(),
                        "--auth-root-authentication-method=normal",
                        "--skip-test-db",
                        "--skip-name-resolve")));
    }

    private Path data() {
        return server.folder().resolve("data");
    }

    private Path socket() {
        return server.folder().resolve("s");
    }

    @Override
    public String newDatabase() {
        String name = "test_" + databases.incrementAndGet();
        sql("mysql", "CREATE DATABASE " + name + "; GRANT ALL ON " + name + ".* TO " + USER + "@'127.0.0.1'");
        return name;
    }

    @Override
    public String url(String database) {
        return "jdbc:mariadb://127.0.0.1:" + port + "/" + database;
    }

    @Override
    public String user() {
        return USER;
    }

    @Override
    public String password() {
        return PASSWORD;
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public String sql(String database, String statements) {
        return ServerProcess.run(server.plan(
                "mariadb",
                List.of(
                        NO_FILES,
                        "--socket=" + socket(),
                        "--user=root",
                        "--batch",
                        "--skip-column-names",
                        "--execute=" + statements,
                        database)));
    }

    @Override
    public void dump(String database, Path file) {
        ServerProcess.run(
                client("mariadb-dump", "--single-transaction", "--no-tablespaces", "--result-file=" + file, database));
    }

    @Override
    public void restore(String database, Path file) {
        ServerProcess.run(client("mariadb", "--execute=source " + file, database));
    }

    /** As an operator calls it, by TCP and as the database's own user. */
    private ProcessPlan client(String program, String... more) {
        List<String> command = new ArrayList<>(List.of(
                ServerProcess.program(program), NO_FILES, "--host=127.0.0.1", "--port=" + port, "--user=" + USER));
        command.addAll(List.of(more));
        return ProcessPlan.command(command).with("MYSQL_PWD", PASSWORD);
    }

    @Override
    public void useTls(Path certificate, Path key) {
        tls = List.of("--ssl-cert=" + server.adopt(certificate), "--ssl-key=" + server.adopt(key));
    }

    @Override
    public void start() {
        if (server.isAlive()) {
            return;
        }
        List<String> arguments = new ArrayList<>(List.of(
                NO_FILES,
                "--datadir=" + data(),
                "--port=" + port,
                "--bind-address=127.0.0.1",
                "--socket=" + socket(),
                "--pid-file=" + server.folder().resolve("pid"),
                "--skip-name-resolve",
                "--innodb-buffer-pool-size=32M",
                "--innodb-flush-log-at-trx-commit=2"));
        arguments.addAll(tls);
        server.start(server.plan("mariadbd", arguments), "ready for connections");
    }

    @Override
    public void stop() {
        server.stop();
    }

    @Override
    public void kill() {
        server.kill();
    }

    @Override
    public void freeze() {
        server.freeze();
    }

    @Override
    public void thaw() {
        server.signal("CONT");
    }

    @Override
    public void close() {
        server.close();
    }
}
