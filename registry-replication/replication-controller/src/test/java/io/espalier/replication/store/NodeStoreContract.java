package io.espalier.replication.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.relay.protocol.NodeId;
import io.espalier.replication.store.NodeStore.NodeRow;
import io.espalier.replication.store.NodeStore.TokenRow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What every store of members keeps to. */
public abstract class NodeStoreContract {
    protected static final Instant NOW = Instant.ofEpochMilli(1_700_000_000_123L);
    private static final NodeId A = new NodeId("a");
    private static final NodeId B = new NodeId("b");

    /** The same empty store for the whole of a test. */
    protected abstract NodeStore nodes();

    protected static NodeRow row(NodeId id, boolean master) {
        return new NodeRow(id, id + ".example", 8490, "http://127.0.0.1:5000", "berlin", master, "0f", NOW, NOW, "");
    }

    @Test
    void keepsNodesTheMasterFirstAndReplacesThem() {
        nodes().save(row(B, false));
        nodes().save(row(A, false));
        nodes().save(row(new NodeId("z"), true));
        NodeRow moved = new NodeRow(A, "b'; DROP TABLE node", 1, "", "", false, "1f", NOW, NOW.plusMillis(1), "::1");
        nodes().save(moved);

        assertThat(nodes().nodes()).extracting(row -> row.id().value()).containsExactly("z", "a", "b");
        assertThat(nodes().node(A)).contains(moved);
        assertThat(nodes().node(new NodeId("nobody"))).isEmpty();
    }

    @Test
    void aTokenIsUsedAsOftenAsItMayAndNotAfterItExpired() {
        nodes().saveToken(new TokenRow("aa", NOW.plusSeconds(10), 2));

        assertThat(nodes().useToken("bb", NOW)).isFalse();
        assertThat(nodes().useToken("aa", NOW.plusSeconds(10))).isFalse();
        assertThat(nodes().useToken("aa", NOW)).isTrue();
        assertThat(nodes().useToken("aa", NOW)).isTrue();
        assertThat(nodes().useToken("aa", NOW)).isFalse();
    }

    @Test
    void aTokenForOneUseIsUsedOnceByManyAtTheSameTime() throws Exception {
        nodes().saveToken(new TokenRow("aa", NOW.plusSeconds(10), 1));

        assertThat(atOnce(8, () -> nodes().useToken("aa", NOW)))
                .containsOnlyOnce(true)
                .hasSize(8);
    }

    @Test
    void oneNodeSavedByManyAtTheSameTimeIsThereOnce() throws Exception {
        atOnce(8, () -> {
            nodes().save(row(A, false));
            return true;
        });

        assertThat(nodes().nodes()).containsExactly(row(A, false));
    }

    @Test
    void removingANodeRevokesAllItsCertificatesUntilTheyExpire() {
        nodes().save(row(A, false));
        nodes().issued(A, "01", NOW.plusSeconds(10));
        nodes().issued(A, "02", NOW.plusSeconds(20));
        nodes().issued(B, "03", NOW.plusSeconds(20));
        assertThat(nodes().revoked(NOW)).isEmpty();

        nodes().remove(A);
        nodes().issued(A, "04", NOW.plusSeconds(20));

        assertThat(nodes().node(A)).isEmpty();
        assertThat(nodes().revoked(NOW)).containsExactly("01", "02");
        assertThat(nodes().revoked(NOW.plusSeconds(10))).containsExactly("02");
    }

    /** Lets them begin together and answers what each found. */
    protected static <T> List<T> atOnce(int count, Callable<T> work) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(count);
        try {
            List<T> results = new ArrayList<>();
            for (Future<T> result : threads.invokeAll(java.util.Collections.nCopies(count, work))) {
                results.add(result.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }
}
