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
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What every node store keeps to. */
public abstract class NodeStoreContract {
    private static final Instant NOW = Instant.parse("2025-03-01T12:00:00.123Z");
    private static final NodeId A = new NodeId("a.example.org");
    private static final NodeId B = new NodeId("b");

    /** The store of this test, empty at first; another call gives what a restarted master would open. */
    protected abstract NodeStore open();

    private static NodeRow row(NodeId id, String host) {
        return new NodeRow(
                id, host, 8490, "https://reg.example.org", "", false, "ab01", NOW, NOW.plusSeconds(5), "10.0.0.7");
    }

    @Test
    void knowsNobodyAtFirst() {
        assertThat(open().nodes()).isEmpty();
        assertThat(open().node(A)).isEmpty();
        assertThat(open().revoked(NOW)).isEmpty();
    }

    @Test
    void keepsEveryFieldOfAMember() {
        NodeRow kept = new NodeRow(
                A, "a.example.org", 8491, "http://127.0.0.1:5000", "Köln", true, "0fab", NOW, NOW.plusMillis(7), "");
        open().save(kept);
        assertThat(open().node(A)).contains(kept);
        assertThat(open().nodes()).containsExactly(kept);
    }

    @Test
    void replacesAMemberThatIsSavedAgain() {
        open().save(row(A, "old"));
        open().save(row(B, "b"));
        open().save(row(A, "new"));
        assertThat(open().nodes()).containsExactlyInAnyOrder(row(A, "new"), row(B, "b"));
    }

    @Test
    void removesAMemberAndRevokesItsCertificatesButNotThoseOfOthers() {
        open().save(row(A, "a"));
        open().save(row(B, "b"));
        open().issued(A, "a1", NOW.plusSeconds(60));
        open().issued(A, "a2", NOW.plusSeconds(60));
        open().issued(B, "b1", NOW.plusSeconds(60));
        assertThat(open().remove(A, NOW)).containsExactlyInAnyOrder("a1", "a2");
        assertThat(open().nodes()).containsExactly(row(B, "b"));
        assertThat(open().revoked(NOW)).containsExactlyInAnyOrder("a1", "a2");
    }

    @Test
    void removingNobodyIsNoError() {
        open().remove(A, NOW);
        assertThat(open().nodes()).isEmpty();
    }

    @Test
    void certificateOfANodeThatCameBackIsNotRevoked() {
        open().save(row(A, "a"));
        open().issued(A, "a1", NOW.plusSeconds(60));
        open().remove(A, NOW);
        open().save(row(A, "a"));
        open().issued(A, "a2", NOW.plusSeconds(60));
        assertThat(open().revoked(NOW)).containsExactly("a1");
    }

    @Test
    void forgetsRevocationsOfExpiredCertificates() {
        open().save(row(A, "a"));
        open().issued(A, "a1", NOW.plusSeconds(60));
        open().remove(A, NOW);
        assertThat(open().revoked(NOW.plusSeconds(59))).containsExactly("a1");
        assertThat(open().revoked(NOW.plusSeconds(61))).isEmpty();
    }

    @Test
    void tokenIsGoodForItsUsesAndNoMore() {
        open().saveToken(new TokenRow("11", NOW.plusSeconds(60), 2));
        assertThat(open().useToken("11", NOW)).isTrue();
        assertThat(open().useToken("11", NOW)).isTrue();
        assertThat(open().useToken("11", NOW)).isFalse();
    }

    @Test
    void lookingForATokenTakesNoUse() {
        open().saveToken(new TokenRow("12", NOW.plusSeconds(60), 1));
        assertThat(open().hasToken("12", NOW)).isTrue();
        assertThat(open().hasToken("12", NOW)).isTrue();
        assertThat(open().hasToken("12", NOW.plusSeconds(61))).isFalse();
        assertThat(open().hasToken("13", NOW)).isFalse();
        assertThat(open().useToken("12", NOW)).isTrue();
        assertThat(open().hasToken("12", NOW)).isFalse();
    }

    @Test
    void tokenIsGoodUntilItExpires() {
        open().saveToken(new TokenRow("22", NOW.plusSeconds(60), Integer.MAX_VALUE));
        assertThat(open().useToken("22", NOW.plusSeconds(59))).isTrue();
        assertThat(open().useToken("22", NOW.plusSeconds(61))).isFalse();
    }

    @Test
    void removedTokensAreNotGood() {
        open().saveToken(new TokenRow("23", NOW.plusSeconds(60), 1));
        open().saveToken(new TokenRow("24", NOW.plusSeconds(60), Integer.MAX_VALUE));
        open().removeTokens();
        assertThat(open().useToken("23", NOW)).isFalse();
        assertThat(open().useToken("24", NOW)).isFalse();
    }

    @Test
    void unknownTokenIsNotGood() {
        open().saveToken(new TokenRow("33", NOW.plusSeconds(60), 1));
        assertThat(open().useToken("34", NOW)).isFalse();
        assertThat(open().useToken("", NOW)).isFalse();
    }

    @Test
    void tokenUsedByManyAtOnceIsNotUsedTooOften() throws Exception {
        open().saveToken(new TokenRow("44", NOW.plusSeconds(60), 3));
        NodeStore store = open();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Callable<Boolean>> tries = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                tries.add(() -> store.useToken("44", NOW));
            }
            int taken = 0;
            for (Future<Boolean> one : threads.invokeAll(tries, 20, TimeUnit.SECONDS)) {
                taken += one.get() ? 1 : 0;
            }
            assertThat(taken).isEqualTo(3);
        } finally {
            threads.shutdownNow();
        }
    }
}
