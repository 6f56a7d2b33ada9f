package io.espalier.replication.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.relay.protocol.NodeId;
import io.espalier.replication.store.NodeStore;
import io.espalier.replication.store.NodeStore.TokenRow;
import io.espalier.replication.store.NodeStoreContract;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class JdbcNodeStoreTest extends NodeStoreContract {
    @TempDir
    private Path folder;

    private ControllerDatabase database;

    @BeforeEach
    void open() {
        database = ControllerDatabase.open(ControllerDatabase.fileUrl(folder));
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Override
    protected NodeStore nodes() {
        return database.nodes();
    }

    @Test
    void forgetsExpiredTokensAndCertificatesWhenItIsOpened() {
        nodes().saveToken(new TokenRow("aa", NOW, 1));
        nodes().issued(new NodeId("a"), "01", NOW);
        nodes().remove(new NodeId("a"));
        assertThat(nodes().revoked(Instant.EPOCH)).containsExactly("01");

        database.close();
        open();

        assertThat(nodes().revoked(Instant.EPOCH)).isEmpty();
        assertThat(nodes().useToken("aa", Instant.EPOCH)).isFalse();
    }
}
