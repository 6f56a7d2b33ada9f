package io.espalier.replication.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.relay.protocol.NodeId;
import io.espalier.replication.store.ControlStore;
import io.espalier.replication.store.ControlStore.RequestRow;
import io.espalier.replication.store.ControlStore.RuleRow;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class JdbcControlStoreTest extends StoreRig {
    private static final Instant NOW = Instant.ofEpochMilli(1_700_000_000_123L);
    private static final NodeId B = new NodeId("b");

    private ControlStore store;

    @BeforeEach
    void use() {
        store = database.control();
    }

    private static RequestRow request(String id, String node, Instant asked, boolean granted) {
        return new RequestRow(id, asked, node, "images", "b", "team/app", granted, "rule r", "", "", Optional.empty());
    }

    @Test
    void keepsRulesOverARestart() {
        RuleRow first = new RuleRow("r1", "a", "push", "master", "team/*", NOW);
        RuleRow second = new RuleRow("r0", "*", "*", "self", "*", NOW.plusMillis(1));
        store.save(first);
        store.save(second);
        store.save(first);
        reopen();
        use();
        assertThat(store.rules()).containsExactly(first, second);
        assertThat(store.removeRule("r1")).isTrue();
        assertThat(store.removeRule("r1")).isFalse();
        assertThat(store.rules()).containsExactly(second);
    }

    @Test
    void listsTheLatestRequestsFirst() {
        store.note(request("1", "a", NOW, true));
        store.note(request("2", "c", NOW.plusMillis(5), false));
        store.note(request("3", "a", NOW.plusMillis(9), true));
        assertThat(store.requests(Optional.empty(), 2))
                .extracting(RequestRow::id)
                .containsExactly("3", "2");
        assertThat(store.requests(Optional.of(new NodeId("a")), 9))
                .containsExactly(request("3", "a", NOW.plusMillis(9), true), request("1", "a", NOW, true));
    }

    @Test
    void anAnswerIsTakenOnceAndOfTheTargetOnly() {
        store.note(request("1", "a", NOW, true));
        store.note(request("2", "a", NOW, false));
        assertThat(store.answered("1", new NodeId("a"), "DONE", "no", NOW)).isFalse();
        assertThat(store.answered("2", B, "DONE", "no", NOW)).isFalse();
        assertThat(store.answered("none", B, "DONE", "no", NOW)).isFalse();
        assertThat(store.answered("1", B, "DONE", "yes", NOW)).isTrue();
        assertThat(store.answered("1", B, "FAILED", "again", NOW)).isFalse();
        assertThat(store.request("1").orElseThrow())
                .isEqualTo(new RequestRow(
                        "1", NOW, "a", "images", "b", "team/app", true, "rule r", "DONE", "yes", Optional.of(NOW)));
    }

    @Test
    void forgetsByAgeAndByNumber() {
        for (int i = 0; i < 50; i++) {
            store.note(request("id-" + i, "a", NOW.plusMillis(i), true));
        }
        assertThat(store.prune(NOW.plusMillis(10), 100)).isEqualTo(10);
        assertThat(store.prune(NOW, 15)).isEqualTo(25);
        assertThat(store.prune(NOW, 15)).isZero();
        assertThat(store.requests(Optional.empty(), 100)).hasSize(15).first().satisfies(row -> assertThat(row.id())
                .isEqualTo("id-49"));
    }
}
