package io.espalier.testkit.database;

import java.nio.file.Path;

/**
 * A database server as a child process, with its data in a folder of its own; address and data stay over stops and kills. Methods
 * are for one thread.
 */
public interface DatabaseServer extends AutoCloseable {
    /** The name of a new, empty database, which {@link #user} may use; no other has it. */
    String newDatabase();

    /** The JDBC URL of a database of this server. */
    String url(String database);

    /** Who may use the new databases. */
    String user();

    /** The password of {@link #user}. */
    String password();

    int port();

    /** Runs SQL as the administrator, in this database, and answers what the client prints. */
    String sql(String database, String statements);

    /** What an operator does for a backup: the database as SQL in a file. */
    void dump(String database, Path file);

    /** Reads such a file into a database. */
    void restore(String database, Path file);

    /** From its next start on it speaks TLS too, with this certificate and key, both PEM. */
    void useTls(Path certificate, Path key);

    /** Starts it when it does not run, and waits until it takes connections. */
    void start();

    /** Ends it in order. */
    void stop();

    /** Ends all its processes with SIGKILL. */
    void kill();

    /** SIGSTOP to all its processes: connections stay open and new ones are accepted by the system, but nothing answers. */
    void freeze();

    /** SIGCONT after {@link #freeze}. */
    void thaw();

    /** Ends it and deletes its data. */
    @Override
    void close();
}
