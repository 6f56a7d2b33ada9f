package io.espalier.registry.client;

import io.espalier.testkit.registry.ImagePusher;
import io.espalier.testkit.registry.RegistryServer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A registry for each test, and a client that is not the one under test. */
abstract class RegistryRig {
    @TempDir
    Path folder;

    RegistryServer registry;
    ImagePusher oracle;

    @BeforeEach
    void startRegistry() {
        registry = RegistryServer.in(folder).start();
        oracle = ImagePusher.to(registry.uri());
    }

    @AfterEach
    void stopRegistry() {
        registry.close();
    }
}
