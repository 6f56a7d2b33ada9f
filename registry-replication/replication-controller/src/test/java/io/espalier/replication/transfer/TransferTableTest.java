package io.espalier.replication.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.relay.protocol.Transfer;
import io.espalier.relay.protocol.TransferReport;
import io.espalier.relay.protocol.TransferState;
import io.espalier.replication.member.Member;
import io.espalier.replication.store.TransferStore.NewTransfer;
import io.espalier.replication.store.TransferStore.TransferRow;
import io.espalier.replication.window.WindowRules;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class TransferTableTest {
    private final FakeMembers members = new FakeMembers("lyon", "oslo");
    private final MemoryStore store = new MemoryStore(members);
    private final TransferTable table =
            new TransferTable(store, members, new WindowDesk(WindowRules.NONE, members, Clock.systemUTC()), 2);

    private TransferRow stored(String tag) {
        Transfer transfer =
                new Transfer(tag, "shop/web", List.of(), List.of(), List.of(), Transfer.MIN_CHUNK_BYTES, 5, 0);
        return store.change(
                        "shop/web",
                        tag,
                        FakeImages.digest(tag),
                        0,
                        Instant.EPOCH,
                        generation -> new NewTransfer(tag, table.write(transfer)))
                .orElseThrow();
    }

    /** It runs, and only these nodes lack it. */
    private Running running(String tag, String... lacking) {
        Running one = table.revive(
                        stored(tag).id(), members.all().stream().map(Member::id).toList())
                .orElseThrow();
        for (Member member : members.all()) {
            boolean lacks = List.of(lacking).contains(member.id().value());
            TransferState state = lacks ? TransferState.RETRYING : TransferState.DONE;
            one.report(member.id(), new TransferReport(tag, state, 0, 0, 0, 0, 0, "", 0, "", 5), Instant.EPOCH);
        }
        return one;
    }

    @Test
    void aTableFullOfTransfersThatWaitForANodeSaysSo() {
        Running first = running("1", "lyon", "oslo");
        assertThat(table.problem()).isEmpty();
        running("2", "lyon");
        table.enqueue(stored("3"), 5);

        assertThat(table.admit()).isEmpty();
        assertThat(table.problem()).hasValueSatisfying(sentence -> assertThat(sentence)
                .startsWith("2 transfers wait for nodes lyon (2), oslo (1), so nothing new starts"));
        table.remove(first);
        assertThat(table.problem()).isEmpty();
        assertThat(table.admit()).isPresent();
    }
}
