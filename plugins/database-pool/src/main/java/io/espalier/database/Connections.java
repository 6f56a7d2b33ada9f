package io.espalier.database;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.Collections;
import java.util.Properties;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.jspecify.annotations.Nullable;

/**
 * The ways to connect to a database.
 *
 * @param work for transactions: an answer that does not come within 10 s is a failure
 * @param migration patient, since a migration of big tables takes its time
 * @param look impatient, to find out whether the server is there
 */
record Connections(DataSource work, DataSource migration, DataSource look) {
    private static final Duration CONNECT = Duration.ofSeconds(3);
    private static final Duration WORK = Duration.ofSeconds(10);
    private static final Duration MIGRATION = Duration.ofMinutes(10);

    /** Longest wait for an answer when it is looked whether the server is there. */
    static final Duration LOOK = Duration.ofSeconds(3);

    /** @throws NoClassDefFoundError when the driver's bundle is not there */
    static Connections to(DatabaseKind kind, DatabaseSettings settings) {
        return switch (kind) {
            case H2 -> {
                JdbcDataSource file = file(settings);
                yield new Connections(file, file, file);
            }
            case POSTGRESQL -> to(PostgresDriver.make(), kind, settings, 1_000);
            case MARIADB -> {
                Driver driver = MariaDriver.make();
                withdraw(driver);
                yield to(driver, kind, settings, 1);
            }
        };
    }

    private static Connections to(Driver driver, DatabaseKind kind, DatabaseSettings settings, int millisAUnit) {
        String url = kind.forDriver(settings.url());
        return new Connections(
                new DriverSource(driver, url, properties(settings, WORK, millisAUnit)),
                new DriverSource(driver, url, properties(settings, MIGRATION, millisAUnit)),
                new DriverSource(driver, url, properties(settings, LOOK, millisAUnit)));
    }

    /** What the URL says goes before these. */
    private static Properties properties(DatabaseSettings settings, Duration answer, int millisAUnit) {
        Properties properties = new Properties();
        properties.setProperty("user", settings.user());
        properties.setProperty("password", settings.password());
        properties.setProperty("connectTimeout", String.valueOf(CONNECT.toMillis() / millisAUnit));
        properties.setProperty("socketTimeout", String.valueOf(answer.toMillis() / millisAUnit));
        properties.setProperty("tcpKeepAlive", "true");
        return properties;
    }

    /** MariaDB's driver registers itself for the whole JVM for ever, where it would keep its bundle alive; nobody needs it there. */
    private static void withdraw(Driver driver) {
        for (Driver registered : Collections.list(DriverManager.getDrivers())) {
            if (registered.getClass() == driver.getClass()) {
                try {
                    DriverManager.deregisterDriver(registered);
                } catch (SQLException refused) {
                    throw new IllegalStateException("The driver " + driver + " cannot be withdrawn.", refused);
                }
            }
        }
    }

    /**
     * WRITE_DELAY=0, or a commit is on disk only half a second later and is lost when the process is killed;
     * DB_CLOSE_ON_EXIT=FALSE, or H2 leaves a shutdown hook behind that outlives the bundle; TRACE_LEVEL_*=0, as every failure
     * reaches the log or the caller from here.
     */
    private static JdbcDataSource file(DatabaseSettings settings) {
        JdbcDataSource source = new JdbcDataSource();
        source.setURL(
                settings.url() + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE;TRACE_LEVEL_FILE=0;TRACE_LEVEL_SYSTEM_OUT=0");
        source.setUser(settings.user());
        source.setPassword(settings.password());
        return source;
    }

    /** Classes of their own, so that only the driver that is used has to be there. */
    private static final class PostgresDriver {
        static Driver make() {
            return new org.postgresql.Driver();
        }
    }

    private static final class MariaDriver {
        static Driver make() {
            return new org.mariadb.jdbc.Driver();
        }
    }

    /** Opens connections of one driver, found without the JVM's list of drivers, which knows no bundles. */
    private static final class DriverSource implements DataSource {
        private final Driver driver;
        private final String url;
        private final Properties properties;

        DriverSource(Driver driver, String url, Properties properties) {
            this.driver = driver;
            this.url = url;
            this.properties = properties;
        }

        @Override
        public Connection getConnection() throws SQLException {
            Properties copy = new Properties();
            copy.putAll(properties);
            Connection connection = driver.connect(url, copy);
            if (connection == null) {
                throw new SQLException("the driver does not understand the url");
            }
            return connection;
        }

        @Override
        public Connection getConnection(@Nullable String user, @Nullable String password) throws SQLException {
            return getConnection();
        }

        @Override
        public java.io.@Nullable PrintWriter getLogWriter() {
            return null;
        }

        @Override
        public void setLogWriter(java.io.@Nullable PrintWriter out) {}

        /** The time is limited by properties of the connection. */
        @Override
        public void setLoginTimeout(int seconds) {}

        @Override
        public int getLoginTimeout() {
            return 0;
        }

        @Override
        public java.util.logging.Logger getParentLogger() throws SQLFeatureNotSupportedException {
            throw new SQLFeatureNotSupportedException("There is no logger above this one.");
        }

        @Override
        public <T> T unwrap(Class<T> type) throws SQLException {
            throw new SQLException("There is nothing inside that is a " + type.getName() + ".");
        }

        @Override
        public boolean isWrapperFor(Class<?> type) {
            return false;
        }
    }
}
