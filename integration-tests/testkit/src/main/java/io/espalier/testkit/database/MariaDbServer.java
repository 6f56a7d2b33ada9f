package io.espalier.testkit.database;

import io.espalier.testkit.process.ProcessPlan;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * MariaDB, of Debian's package {@code mariadb-server}, on a loopback port.
 *
 * <p>A test that uses it is marked {@code @RequiresProgram(value = "mariadbd", debianPackage = "mariadb-server")}.
 */
public final class MariaDbServer extends InstalledServer {
    private static final String NO_FILES = "--no-defaults";

    private List<String> tls = List.of();

    private MariaDbServer() {
        super("my-", "mysql", "maria-3f'9 secret");
    }

    /** A new server with a user; takes some seconds. */
    public static MariaDbServer create() {
        return begun(new MariaDbServer());
    }

    @Override
    void initialise() {
        ServerProcess.run(server.plan(
                "mariadb-install-db",
                List.of(
                        NO_FILES,
                        "--datadir=" + data(),
                        "--auth-root-authentication-method=normal",
                        "--skip-test-db",
                        "--skip-name-resolve")));
    }

    @Override
    void createUser(String quoted) {
        sql("mysql", "CREATE USER " + USER + "@'127.0.0.1' IDENTIFIED BY '" + quoted + "'");
    }

    @Override
    void createDatabase(String name) {
        sql("mysql", "CREATE DATABASE " + name + "; GRANT ALL ON " + name + ".* TO " + USER + "@'127.0.0.1'");
    }

    private Path socket() {
        return server.folder().resolve("s");
    }

    @Override
    public String url(String database) {
        return "jdbc:mariadb://127.0.0.1:" + port() + "/" + database;
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
                ServerProcess.program(program), NO_FILES, "--host=127.0.0.1", "--port=" + port(), "--user=" + USER));
        command.addAll(List.of(more));
        return ProcessPlan.command(command).with("MYSQL_PWD", password());
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
                "--port=" + port(),
                "--bind-address=127.0.0.1",
                "--socket=" + socket(),
                "--pid-file=" + server.folder().resolve("pid"),
                "--skip-name-resolve",
                "--innodb-buffer-pool-size=32M",
                "--innodb-flush-log-at-trx-commit=2"));
        arguments.addAll(tls);
        server.start(server.plan("mariadbd", arguments), "ready for connections");
    }
}
