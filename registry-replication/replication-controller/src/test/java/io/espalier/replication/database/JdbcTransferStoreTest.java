package io.espalier.replication.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.TransferReport;
import io.espalier.relay.protocol.TransferState;
import io.espalier.replication.store.NodeStore;
import io.espalier.replication.store.TransferStore;
import io.espalier.replication.store.TransferStore.NewTransfer;
import io.espalier.replication.store.TransferStore.PartRow;
import io.espalier.replication.store.TransferStore.TransferRow;
import io.espalier.replication.store.TransferStoreContract;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class JdbcTransferStoreTest extends TransferStoreContract {
    private static final Instant NOW = Instant.ofEpochMilli(1_700_000_000_123L);

    @TempDir
    private Path folder;

    private DatabaseAccess access;
    private ControllerDatabase database;

    /** An empty database. */
    DatabaseAccess newDatabase(Path in) {
        return DatabaseAccess.to(ControllerDatabase.fileUrl(in));
    }

    @BeforeEach
    void open() {
        access = newDatabase(folder);
        database = ControllerDatabase.open(access, Clock.systemUTC());
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Override
    protected TransferStore transfers() {
        return database.transfers();
    }

    @Override
    protected NodeStore nodes() {
        return database.nodes();
    }

    @Test
    void twoControllersThatRaceGiveEveryChangeAGenerationOfItsOwn() throws Exception {
        try (ControllerDatabase other = ControllerDatabase.open(access, Clock.systemUTC())) {
            List<TransferStore> both = List.of(database.transfers(), other.transfers());
            AtomicInteger next = new AtomicInteger();
            List<Long> generations = atOnce(8, () -> {
                int number = next.incrementAndGet();
                return change(both.get(number % 2), "v1", "sha256:" + number).generation();
            });

            long first = NOW.toEpochMilli();
            assertThat(generations)
                    .containsExactlyInAnyOrderElementsOf(
                            LongStream.range(first, first + 8).boxed().toList());
            assertThat(both.get(0).current())
                    .extracting(TransferRow::generation)
                    .containsExactly(first + 7);
            assertThat(both.get(1).transfers(100)).isEqualTo(both.get(0).transfers(100));
        }
    }

    @Test
    void twoControllersThatStoreTheSamePartsLoseNone() throws Exception {
        try (ControllerDatabase other = ControllerDatabase.open(access, Clock.systemUTC())) {
            List<TransferStore> both = List.of(database.transfers(), other.transfers());
            TransferRow row = change(both.get(0), "v1", "sha256:1");
            AtomicInteger next = new AtomicInteger();
            atOnce(8, () -> {
                both.get(next.incrementAndGet() % 2).saveParts(List.of(done(row, "a"), done(row, "b"), done(row, "c")));
                return true;
            });

            assertThat(both.get(0).parts(row.id())).containsExactly(done(row, "a"), done(row, "b"), done(row, "c"));
        }
    }

    @Test
    void twoControllersThatOpenAnEmptyDatabaseTogetherFindOneSchema() throws Exception {
        DatabaseAccess empty = newDatabase(folder.resolve("empty"));
        List<ControllerDatabase> opened = atOnce(2, () -> ControllerDatabase.open(empty, Clock.systemUTC()));
        try {
            change(opened.get(0).transfers(), "v1", "sha256:1");
            assertThat(opened.get(1).transfers().transfers(10)).hasSize(1);
        } finally {
            opened.forEach(ControllerDatabase::close);
        }
    }

    @Test
    void tagsThatDifferInCaseAloneAreTwo() {
        TransferRow small = change(transfers(), "v1", "sha256:1");
        assertThat(change(transfers(), "V1", "sha256:2").generation()).isEqualTo(small.generation());
        assertThat(transfers().images()).extracting(TransferStore.ImageRow::tag).containsExactly("V1", "v1");
    }

    @Test
    void anyWordsOfARegistryAreKept() {
        TransferRow row = change(transfers(), "v1", "sha256:1");
        String words = "500 \uD83D\uDE00 'quoted' \\ \"" + "x".repeat(100_000);
        transfers().saveParts(List.of(part(row, "a", words), part(row, "b", "a zero \0 in it")));

        assertThat(transfers().parts(row.id()))
                .extracting(part -> part.report().problem())
                .first()
                .isEqualTo(words);
        assertThat(transfers().parts(row.id()).get(1).report().problem())
                .startsWith("a zero ")
                .endsWith(" in it");
    }

    private static TransferRow change(TransferStore store, String tag, String digest) {
        return store.change(
                        "app/web",
                        tag,
                        digest,
                        7,
                        NOW,
                        generation -> new NewTransfer(tag + "#" + generation, "body " + generation))
                .orElseThrow();
    }

    private static PartRow done(TransferRow row, String node) {
        return part(row, node, "");
    }

    private static PartRow part(TransferRow row, String node, String problem) {
        return new PartRow(
                row.id(),
                new NodeId(node),
                new TransferReport(row.id(), TransferState.DONE, 7, 0, 7, 0, 1, "m", 0, problem, 5),
                NOW);
    }
}
