package io.espalier.bench.sites;

import io.espalier.embedded.node.EmbeddedRegistry;
import io.espalier.embedded.node.EmbeddedSettings;
import io.espalier.registry.name.Digest;
import io.espalier.registry.name.RepositoryName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;

/** An embedded store with one layer, until its input ends; prints {@code port N} when it gives the layer out. */
public final class EmbeddedStoreMain {
    private static final long MOST_BYTES = 1L << 40;

    private EmbeddedStoreMain() {}

    /**
     * Runs it.
     *
     * @param args folder of the store, file of the layer, its digest, repository
     */
    public static void main(String[] args) throws Exception {
        try (EmbeddedRegistry registry = EmbeddedRegistry.open(
                new EmbeddedSettings(Path.of(args[0]), "127.0.0.1", "127.0.0.1", 0, MOST_BYTES), Clock.systemUTC())) {
            Path layer = Path.of(args[1]);
            registry.client()
                    .putBlob(
                            RepositoryName.of(args[3]),
                            Digest.of(args[2]),
                            Files.size(layer),
                            () -> Files.newInputStream(layer));
            System.out.println("port " + registry.address().getPort());
            awaitEnd();
        }
    }

    private static void awaitEnd() throws IOException {
        while (System.in.read() >= 0) {
            // Whoever started it closes its input, or ends it.
        }
    }
}
