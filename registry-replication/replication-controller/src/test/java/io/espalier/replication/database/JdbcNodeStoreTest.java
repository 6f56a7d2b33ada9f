package io.espalier.replication.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.relay.protocol.NodeId;
import io.espalier.replication.store.NodeStore;
import io.espalier.replication.store.NodeStore.NodeRow;
import io.espalier.replication.store.NodeStore.TokenRow;
import io.espalier.replication.store.NodeStoreContract;
import io.espalier.replication.store.TransferStoreContract;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class JdbcNodeStoreTest extends NodeStoreContract {
    private static final NodeId A = new NodeId("a");

    @TempDir
    private Path folder;

    private @Nullable ControllerDatabase database;
    private @Nullable DatabaseAccess access;
    private Instant now = Instant.EPOCH;

    /** An empty database. */
    DatabaseAccess newDatabase(Path in) {
        return DatabaseAccess.to(ControllerDatabase.fileUrl(in));
    }

    @Override
    protected NodeStore open() {
        close();
        if (access == null) {
            access = newDatabase(folder);
        }
        ControllerDatabase opened = ControllerDatabase.open(access, Clock.fixed(now, ZoneOffset.UTC));
        database = opened;
        return opened.nodes();
    }

    @AfterEach
    void close() {
        if (database != null) {
            database.close();
        }
    }

    @Test
    void listsTheMasterFirst() {
        NodeStore nodes = open();
        nodes.save(TransferStoreContract.row(new NodeId("b"), false));
        nodes.save(TransferStoreContract.row(A, false));
        nodes.save(TransferStoreContract.row(new NodeId("z"), true));

        assertThat(nodes.nodes()).extracting(row -> row.id().value()).containsExactly("z", "a", "b");
    }

    @Test
    void textIsKeptAsItIs() {
        NodeRow odd = new NodeRow(A, "b'; DROP TABLE node", 1, "\uD83D\uDE00", "", false, "1f", now, now, "::1");
        open().save(odd);

        assertThat(open().node(A)).contains(odd);
    }

    @Test
    void oneNodeSavedByManyAtTheSameTimeIsThereOnce() throws Exception {
        NodeStore nodes = open();
        TransferStoreContract.atOnce(8, () -> {
            nodes.save(TransferStoreContract.row(A, false));
            return true;
        });

        assertThat(nodes.nodes()).containsExactly(TransferStoreContract.row(A, false));
    }

    @Test
    void forgetsExpiredTokensAndCertificatesWhenItIsOpened() {
        NodeStore nodes = open();
        nodes.saveToken(new TokenRow("aa", Instant.EPOCH.plusSeconds(10), 1));
        nodes.issued(A, "01", Instant.EPOCH.plusSeconds(10));
        assertThat(nodes.remove(A, Instant.EPOCH)).containsExactly("01");
        assertThat(open().revoked(Instant.EPOCH)).containsExactly("01");

        now = Instant.EPOCH.plusSeconds(10);

        assertThat(open().revoked(Instant.EPOCH)).isEmpty();
        assertThat(open().useToken("aa", Instant.EPOCH)).isFalse();
    }
}
