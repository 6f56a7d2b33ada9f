package io.espalier.replication.authority;

import io.espalier.relay.control.MasterAddress;
import io.espalier.replication.store.MemoryNodeStore;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A master behind a real TLS port, and a node that has not joined yet. */
abstract class MasterRig {
    static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    final MemoryNodeStore store = new MemoryNodeStore();
    final Vertx vertx = Vertx.vertx();
    TestMaster master;
    TestNode node;

    @BeforeEach
    void start() throws Exception {
        master = TestMaster.start(folder.resolve("m"), store);
        node = new TestNode(vertx, "b", folder);
    }

    @AfterEach
    void stop() throws Exception {
        node.close();
        master.stop();
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    MasterAddress address() {
        return TestNode.at(master.port());
    }
}
