package io.espalier.testkit.database;

import io.espalier.kafka.embedded.LoopbackPorts;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** What servers of Debian's packages have in common: a port, a process that signals reach, databases with numbers, one user. */
abstract class InstalledServer implements DatabaseServer {
    static final String USER = "espalier";

    final ServerProcess server;
    private final int port = LoopbackPorts.free();
    private final String password;
    private final AtomicInteger databases = new AtomicInteger();

    /**
     * @param prefix of the folder's name
     * @param account whom Debian's package made for it
     */
    InstalledServer(String prefix, String account, String password) {
        this.server = new ServerProcess(prefix, account);
        this.password = password;
    }

    /** Makes the data and the user, and starts it; nothing is left when that fails. */
    static <S extends InstalledServer> S begun(S made) {
        try {
            made.initialise();
            made.start();
            made.createUser(made.password().replace("'", "''"));
            return made;
        } catch (RuntimeException | Error failed) {
            made.close();
            throw failed;
        }
    }

    abstract void initialise();

    /** @param quoted the password as it stands between single quotes */
    abstract void createUser(String quoted);

    /** Makes it, for the user. */
    abstract void createDatabase(String name);

    Path data() {
        return server.folder().resolve("data");
    }

    @Override
    public String newDatabase() {
        String name = "test_" + databases.incrementAndGet();
        createDatabase(name);
        return name;
    }

    @Override
    public String user() {
        return USER;
    }

    @Override
    public String password() {
        return password;
    }

    @Override
    public int port() {
        return port;
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
