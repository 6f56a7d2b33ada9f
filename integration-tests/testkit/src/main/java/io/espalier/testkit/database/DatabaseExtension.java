package io.espalier.testkit.database;

import static java.util.Objects.requireNonNull;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * A database server that all test classes of a run share: it starts with the first and is gone after the last. Each test takes a
 * database of its own. A test that stops, kills or freezes its server creates one itself.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final DatabaseExtension POSTGRES = DatabaseExtension.postgres();
 * }</pre>
 */
public final class DatabaseExtension implements BeforeAllCallback {
    private static final Namespace NAMESPACE = Namespace.create(DatabaseExtension.class);

    private final String kind;
    private final Supplier<DatabaseServer> create;
    private @Nullable DatabaseServer server;

    private DatabaseExtension(String kind, Supplier<DatabaseServer> create) {
        this.kind = kind;
        this.create = create;
    }

    public static DatabaseExtension postgres() {
        return new DatabaseExtension("PostgreSQL", PostgresServer::create);
    }

    public static DatabaseExtension mariaDb() {
        return new DatabaseExtension("MariaDB", MariaDbServer::create);
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        server = context.getRoot()
                .getStore(NAMESPACE)
                .getOrComputeIfAbsent(kind, key -> create.get(), DatabaseServer.class);
    }

    public DatabaseServer server() {
        return requireNonNull(server, "the extension has not started; is its field static and registered?");
    }
}
