package io.espalier.quality.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.stream.id.StreamId;
import io.espalier.stream.stage.ReadLedger.SourceRead;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReconciliationTest {
    private static final String CLICK = "ads.web.click";

    @TempDir
    Path folder;

    private static SourceRead read(String stream, String agent, long epoch, long nextSeq) {
        return new SourceRead(StreamId.parse(stream), agent, epoch, nextSeq, nextSeq);
    }

    private static String line(String stream, String agent, long epoch, long seq) {
        return "{\"stream\":\"" + stream + "\",\"agent\":\"" + agent + "\",\"epoch\":" + epoch + ",\"seq\":" + seq
                + ",\"ts\":1,\"partition\":0,\"offset\":0,\"text\":\"{\\\"seq\\\":9}\"}\n";
    }

    private static String lines(String stream, String agent, long epoch, long... seqs) {
        StringBuilder text = new StringBuilder();
        for (long seq : seqs) {
            text.append(line(stream, agent, epoch, seq));
        }
        return text.toString();
    }

    private void file(String name, String content) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    @Test
    void findsNothingWrongWhenEachRecordIsThereOnce() throws IOException {
        file("ads.web.click/part-0.jsonl", lines(CLICK, "a", 1, 0, 2));
        file("ads.web.click/topic-2/part-0.jsonl", lines(CLICK, "a", 1, 1));
        file("ads.web.view/part-0.jsonl", lines("ads.web.view", "b", 4, 0));

        Reconciled result =
                Reconciliation.reconcile(List.of(read(CLICK, "a", 1, 3), read("ads.web.view", "b", 4, 1)), folder);

        assertThat(result).isEqualTo(new Reconciled(2, 4, 4, 0, 0, 0, List.of()));
        assertThat(result.lost()).isZero();
    }

    @Test
    void countsGapsAndDuplicatesBySource() throws IOException {
        file("ads.web.click/part-0.jsonl", lines(CLICK, "a", 1, 0, 1, 1, 4) + lines(CLICK, "a", 2, 0, 0, 0));

        Reconciled result = Reconciliation.reconcile(List.of(read(CLICK, "a", 1, 5), read(CLICK, "a", 2, 1)), folder);

        assertThat(result.read()).isEqualTo(6);
        assertThat(result.written()).isEqualTo(4);
        assertThat(result.lost()).isEqualTo(2);
        assertThat(result.duplicates()).isEqualTo(3);
        assertThat(result.findings())
                .singleElement()
                .asString()
                .contains("2 of 5 records of source a (epoch 1)")
                .contains("sequence 2");
    }

    @Test
    void recordInTheFileOfAnotherStreamIsNotTakenForItsOwn() throws IOException {
        file("ads.web.click/part-0.jsonl", lines("ads.web.view", "a", 1, 0));

        assertThat(Reconciliation.reconcile(List.of(read(CLICK, "a", 1, 1)), folder)
                        .lost())
                .isEqualTo(1);
    }

    @Test
    void leavesOutForeignRecordsAndThoseBeyondTheLedger() throws IOException {
        file(
                "ads.web.click/part-0.jsonl",
                lines(CLICK, "a", 1, 0, 7)
                        + lines(CLICK, "unknown", 1, 0)
                        + "{\"stream\":null,\"agent\":null,\"epoch\":null,\"seq\":null,\"text\":\"x\"}\n");

        Reconciled result = Reconciliation.reconcile(List.of(read(CLICK, "a", 1, 1)), folder);

        assertThat(result.lost()).isZero();
        assertThat(result.duplicates()).isZero();
        assertThat(result.strangers()).isEqualTo(3);
    }

    @Test
    void reportsTornAndGarbageLinesAndReadsOn() throws IOException {
        String torn = line(CLICK, "a", 1, 3);
        file(
                "ads.web.click/part-0.jsonl",
                line(CLICK, "a", 1, 0)
                        + "\u0000\u0001 garbage\n"
                        + "{\"seq\":1}{\"seq\":2}\n"
                        + "\n"
                        + line(CLICK, "a", 1, 2)
                        + torn.substring(0, torn.length() / 2));

        Reconciled result = Reconciliation.reconcile(List.of(read(CLICK, "a", 1, 4)), folder);

        assertThat(result.written()).isEqualTo(2);
        assertThat(result.unreadable()).isEqualTo(4);
        assertThat(result.findings())
                .anySatisfy(
                        sentence -> assertThat(sentence).startsWith("Line 2 of").contains("is not a record"))
                .anySatisfy(
                        sentence -> assertThat(sentence).startsWith("Line 6 of").contains("may be torn"));
    }

    @Test
    void passesOverFilesInFlight() throws IOException {
        file("ads.web.click/.part-0.jsonl.inflight", lines(CLICK, "a", 1, 0));
        file("ads.web.click/.part-0.jsonl", lines(CLICK, "a", 1, 0));

        assertThat(Reconciliation.reconcile(List.of(read(CLICK, "a", 1, 1)), folder)
                        .lost())
                .isEqualTo(1);
    }

    @Test
    void readsLinesLongerThanItsBuffer() throws IOException {
        String payload = "x".repeat(1_000_000);
        file(
                "ads.web.click/part-0.jsonl",
                line(CLICK, "a", 1, 0).replace("\\\"seq\\\"", payload) + line(CLICK, "a", 1, 1));

        assertThat(Reconciliation.reconcile(List.of(read(CLICK, "a", 1, 2)), folder)
                        .lost())
                .isZero();
    }

    @Test
    void boundsItsFindings() throws IOException {
        file("ads.web.click/part-0.jsonl", "garbage\n".repeat(1_000));

        Reconciled result = Reconciliation.reconcile(List.of(), folder);

        assertThat(result.unreadable()).isEqualTo(1_000);
        assertThat(result.findings()).hasSizeLessThan(50);
    }

    @Test
    void readsAMillionLinesInMemoryForTheirBitsOnly() throws IOException {
        int count = 1_000_000;
        Path file = Files.createDirectories(folder.resolve(CLICK)).resolve("part-0.jsonl");
        try (BufferedWriter writer = Files.newBufferedWriter(file)) {
            for (int seq = 0; seq < count; seq++) {
                writer.write(line(CLICK, "a", 1, seq));
            }
        }

        assertThat(Reconciliation.reconcile(List.of(read(CLICK, "a", 1, count)), folder))
                .isEqualTo(new Reconciled(1, count, count, 0, 0, 0, List.of()));
    }

    @Test
    void folderThatDoesNotExistHoldsNothing() throws IOException {
        assertThat(Reconciliation.reconcile(List.of(read(CLICK, "a", 1, 2)), folder.resolve("none"))
                        .lost())
                .isEqualTo(2);
    }
}
