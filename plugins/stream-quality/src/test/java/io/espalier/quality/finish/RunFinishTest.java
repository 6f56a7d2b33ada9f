package io.espalier.quality.finish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.stream.id.StreamId;
import io.espalier.stream.stage.ReadLedger;
import io.espalier.stream.stage.WrittenFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFinishTest {
    private static final StreamId STREAM = StreamId.parse("ads.web.click");

    @TempDir
    Path folder;

    /** A collector that acknowledges the rest a few looks after it was stopped. */
    private static final class Ledger implements ReadLedger {
        private final long read;
        private final int looksToSettle;
        private int looks;
        private boolean stopped;

        Ledger(long read, int looksToSettle) {
            this.read = read;
            this.looksToSettle = looksToSettle;
        }

        @Override
        public void stopReading() {
            stopped = true;
        }

        @Override
        public List<SourceRead> sources() {
            boolean settled = stopped && ++looks > looksToSettle;
            return List.of(new SourceRead(STREAM, "host/log", 1, read, settled ? read : read / 2));
        }
    }

    private record Written(Path folder, boolean inTime) implements WrittenFiles {
        @Override
        public boolean publishAll(Duration limit) {
            return inTime;
        }

        @Override
        public OptionalLong latencyMillis(double percentile) {
            return OptionalLong.of(2 * (long) percentile);
        }
    }

    private void write(int from, int to) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int seq = from; seq < to; seq++) {
            lines.append("{\"stream\":\"ads.web.click\",\"agent\":\"host/log\",\"epoch\":1,\"seq\":")
                    .append(seq)
                    .append(",\"text\":\"\"}\n");
        }
        Files.writeString(folder.resolve("part-" + from + ".jsonl"), lines.toString());
    }

    @Test
    void printsTheClosingLineOfARunWithoutLoss() throws IOException {
        write(0, 10);
        write(8, 10);

        FinishedRun run = new RunFinish(new Ledger(10, 3), new Written(folder, true)).finish(Duration.ofSeconds(20));

        assertThat(run.closingLine())
                .isEqualTo("run streams=1 read=10 stored=10 written=10 lost=0 duplicates=2 p99_ms=198");
        assertThat(run.failure()).isEmpty();
    }

    @Test
    void failsWhenRecordsAreInNoFile() throws IOException {
        write(0, 7);

        FinishedRun run = new RunFinish(new Ledger(10, 0), new Written(folder, true)).finish(Duration.ofSeconds(20));

        assertThat(run.closingLine()).contains(" read=10 stored=10 written=7 lost=3 ");
        assertThat(run.failure()).hasValueSatisfying(sentence -> assertThat(sentence)
                .contains("3 of 10 records that were read are in no file"));
    }

    @Test
    void failsWhenNothingWasRead() throws IOException {
        FinishedRun run = new RunFinish(new Ledger(0, 0), new Written(folder, true)).finish(Duration.ofSeconds(20));

        assertThat(run.closingLine())
                .isEqualTo("run streams=0 read=0 stored=0 written=0 lost=0 duplicates=0 p99_ms=198");
        assertThat(run.failure())
                .hasValueSatisfying(sentence -> assertThat(sentence).contains("no record was read"));
    }

    @Test
    void failsWhenRecordsAreNotAcknowledgedInTime() throws IOException {
        write(0, 10);

        FinishedRun run = new RunFinish(new Ledger(10, Integer.MAX_VALUE), new Written(folder, true))
                .finish(Duration.ofMillis(200));

        assertThat(run.unacknowledged()).isEqualTo(5);
        assertThat(run.failure())
                .hasValueSatisfying(sentence -> assertThat(sentence).contains("5 records were read and not"));
    }

    @Test
    void failsWhenTheFilesAreNotWrittenInTime() throws IOException {
        write(0, 10);

        FinishedRun run = new RunFinish(new Ledger(10, 0), new Written(folder, false)).finish(Duration.ofSeconds(20));

        assertThat(run.failure())
                .hasValueSatisfying(sentence -> assertThat(sentence).contains("file:writers"));
    }

    @Test
    void readsLimitsAsTheyAreTyped() {
        assertThat(Limits.parse("500ms")).isEqualTo(Duration.ofMillis(500));
        assertThat(Limits.parse("10s")).isEqualTo(Duration.ofSeconds(10));
        assertThat(Limits.parse("2m")).isEqualTo(Duration.ofMinutes(2));
        assertThatThrownBy(() -> Limits.parse("soon"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("10s");
    }
}
