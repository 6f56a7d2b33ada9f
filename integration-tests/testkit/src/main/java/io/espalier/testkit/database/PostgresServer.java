package io.espalier.testkit.database;

import io.espalier.testkit.process.ProcessPlan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * PostgreSQL, of Debian's package {@code postgresql}, on a loopback port. Its disk writes are not forced, since the machine does not
 * lose power.
 *
 * <p>A test that uses it is marked {@code @RequiresProgram(value = "postgres", debianPackage = "postgresql")}.
 */
public final class PostgresServer extends InstalledServer {
    private static final String ADMINISTRATOR = "postgres";

    private PostgresServer() {
        super("pg-", "postgres", "pg-3f'9 secret");
    }

    /** A new server with a user; takes some seconds. */
    public static PostgresServer create() {
        return begun(new PostgresServer());
    }

    @Override
    void initialise() {
        ServerProcess.run(server.plan(
                "initdb",
                List.of(
                        "--pgdata=" + data(),
                        "--username=" + ADMINISTRATOR,
                        "--auth-local=trust",
                        "--auth-host=scram-sha-256",
                        "--encoding=UTF8",
                        "--locale=C.UTF-8",
                        "--no-sync")));
    }

    @Override
    void createUser(String quoted) {
        sql("postgres", "CREATE ROLE " + USER + " LOGIN PASSWORD '" + quoted + "'");
    }

    @Override
    void createDatabase(String name) {
        sql("postgres", "CREATE DATABASE " + name + " OWNER " + USER);
    }

    @Override
    public void useTls(Path certificate, Path key) {
        String lines = "ssl = on\nssl_cert_file = '" + server.adopt(certificate) + "'\nssl_key_file = '"
                + server.adopt(key) + "'\n";
        try {
            Files.writeString(data().resolve("postgresql.conf"), lines, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException("Tried to configure TLS.", e);
        }
    }

    @Override
    public String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port() + "/" + database;
    }

    @Override
    public String sql(String database, String statements) {
        return ServerProcess.run(server.plan(
                "psql",
                List.of(
                        "--no-psqlrc",
                        "--quiet",
                        "--tuples-only",
                        "--no-align",
                        "--set=ON_ERROR_STOP=1",
                        "--host=" + server.folder(),
                        "--port=" + port(),
                        "--username=" + ADMINISTRATOR,
                        "--dbname=" + database,
                        "--command=" + statements)));
    }

    @Override
    public void dump(String database, Path file) {
        ServerProcess.run(client("pg_dump", database, "--file=" + file));
    }

    @Override
    public void restore(String database, Path file) {
        ServerProcess.run(client("psql", database, "--quiet", "--set=ON_ERROR_STOP=1", "--file=" + file));
    }

    /** As an operator calls it, by TCP and as the database's own user. */
    private ProcessPlan client(String program, String database, String... more) {
        List<String> command = new ArrayList<>(List.of(
                ServerProcess.program(program),
                "--host=127.0.0.1",
                "--port=" + port(),
                "--username=" + USER,
                "--dbname=" + database));
        command.addAll(List.of(more));
        return ProcessPlan.command(command).with("PGPASSWORD", password());
    }

    @Override
    public void start() {
        if (server.isAlive()) {
            return;
        }
        forgetLock();
        server.start(
                server.plan(
                        "postgres",
                        List.of(
                                "-D",
                                data().toString(),
                                "-p",
                                String.valueOf(port()),
                                "-k",
                                server.folder().toString(),
                                "-c",
                                "listen_addresses=127.0.0.1",
                                "-c",
                                "fsync=off",
                                "-c",
                                "shared_buffers=16MB",
                                "-c",
                                "max_connections=50")),
                "database system is ready to accept connections");
    }

    /** Of a server that was killed; the number of its process may be another program's by now. */
    private void forgetLock() {
        try {
            Files.deleteIfExists(data().resolve("postmaster.pid"));
        } catch (IOException e) {
            throw new UncheckedIOException("Tried to delete the lock of a server that was killed.", e);
        }
    }

    @Override
    public void stop() {
        // SIGINT is its fast shutdown; SIGTERM would wait for the clients.
        if (server.isAlive()) {
            server.signal("INT");
        }
        super.stop();
    }

    @Override
    public void close() {
        if (server.isAlive()) {
            server.signal("CONT");
            server.signal("QUIT");
        }
        super.close();
    }
}
