package io.espalier.file.terminal;

import static io.espalier.file.terminal.Terminals.LARGE;
import static io.espalier.file.terminal.Terminals.LIMIT;
import static io.espalier.file.terminal.Terminals.NEVER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.espalier.file.terminal.Lines.Line;
import io.espalier.file.writer.WriterStatus.State;
import io.espalier.stream.stage.StreamCounts;
import io.espalier.stream.stage.StreamCounts.Measure;
import io.espalier.testkit.kafka.KafkaExtension;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class FileTerminalTest {
    private static final String STREAM = "ads.web.click";

    @RegisterExtension
    static final KafkaExtension KAFKA = KafkaExtension.inProcess();

    @RegisterExtension
    final Terminals terminals = new Terminals();

    @TempDir
    Path folder;

    private final FakeDirectory directory = new FakeDirectory();
    private String topic = "";
    private Sender sender;

    @BeforeEach
    void createTopic() {
        topic = KAFKA.newTopic("file");
        sender = new Sender(KAFKA.clientProperties(), STREAM, topic);
        directory.add(STREAM, topic, "file");
    }

    @AfterEach
    void closeSender() {
        sender.close();
    }

    private FileTerminal start(Duration rollAge, long rollBytes) {
        return terminals.start(folder, directory, KAFKA.clientProperties(), rollAge, rollBytes);
    }

    @Test
    void writesEachRecordWithItsIdentityWhenAskedToPublish() throws IOException {
        FileTerminal files = start(NEVER, LARGE);
        sender.send(3);

        assertThat(files.publishAll(LIMIT)).isTrue();

        List<Line> lines = Lines.below(folder);
        Lines.assertEachSequenceOnce(lines, 3);
        assertThat(lines.get(2).fields())
                .containsEntry("stream", STREAM)
                .containsEntry("agent", "host/log")
                .containsEntry("epoch", "1")
                .containsEntry("partition", "0")
                .containsEntry("offset", "2")
                .containsEntry("text", "record 2");
        assertThat(Lines.files(folder))
                .allSatisfy(file -> assertThat(file.getParent()).isEqualTo(folder.resolve(STREAM)));
    }

    @Test
    void countsWhatItWroteAndHowLongThatTook() throws IOException {
        FileTerminal files = start(NEVER, LARGE);
        sender.send(10);
        assertThat(files.publishAll(LIMIT)).isTrue();

        await("lag is known")
                .atMost(LIMIT)
                .until(() -> files.counts().get(0).counts().containsKey(Measure.LAG));
        StreamCounts counts = files.counts().get(0);

        assertThat(counts.stream()).hasToString(STREAM);
        assertThat(counts.counts()).containsEntry(Measure.WRITTEN, 10L).containsEntry(Measure.LAG, 0L);
        assertThat(counts.counts().get(Measure.LATENCY_P99_MILLIS)).isBetween(0L, LIMIT.toMillis());
        assertThat(files.latencyMillis(99).getAsLong()).isBetween(0L, LIMIT.toMillis());
    }

    @Test
    void keepsBinaryAndForeignRecords() throws IOException {
        byte[] binary = {(byte) 0xC0, 0, (byte) 0xFF};
        FileTerminal files = start(NEVER, LARGE);
        sender.sendPayload(binary);
        sender.sendForeign("from elsewhere".getBytes(StandardCharsets.UTF_8));
        sender.send(1);

        assertThat(files.publishAll(LIMIT)).isTrue();

        List<Line> lines = Lines.below(folder);
        assertThat(lines).hasSize(3);
        assertThat(Base64.getDecoder().decode(lines.get(0).get("base64"))).isEqualTo(binary);
        assertThat(lines.get(1).fields())
                .containsOnlyKeys("partition", "offset", "text")
                .containsEntry("text", "from elsewhere");
        assertThat(lines.get(2).number("seq")).isEqualTo(1);
        assertThat(files.writers().get(0).foreign()).isEqualTo(1);
    }

    @Test
    void rollsByAge() {
        start(Duration.ofMillis(300), LARGE);
        sender.send(5);

        await("a file becomes visible by itself")
                .atMost(LIMIT)
                .until(() -> Lines.below(folder).size() == 5);
    }

    @Test
    void rollsBySize() {
        start(NEVER, 20_000);
        // About 120 bytes a line; a poll takes at most 1,000 records.
        for (int i = 0; i < 20; i++) {
            sender.send(500);
        }

        await("several files are visible")
                .atMost(LIMIT)
                .until(() -> Lines.files(folder).size() > 3);
        assertThat(Lines.files(folder))
                .allSatisfy(file -> assertThat(file.toFile().length()).isBetween(20_000L, 20_000L + 1_000 * 150));
    }

    @Test
    void writesEachRecordOnceOverRestarts() throws IOException, InterruptedException {
        for (int i = 0; i < 4; i++) {
            FileTerminal files = start(NEVER, LARGE);
            sender.send(100);
            if (i % 2 == 0) {
                assertThat(files.publishAll(LIMIT)).isTrue();
            }
            files.close(LIMIT);
        }

        assertThat(start(NEVER, LARGE).publishAll(LIMIT)).isTrue();

        Lines.assertEachSequenceOnce(Lines.below(folder), 400);
    }

    @Test
    void publishesWhatIsInFlightWhenItEnds() throws InterruptedException {
        FileTerminal files = start(NEVER, LARGE);
        sender.send(50);
        await("records are in flight")
                .atMost(LIMIT)
                .until(() -> files.writers().get(0).written() == 50);
        assertThat(Lines.files(folder)).isEmpty();

        files.close(LIMIT);

        Lines.assertEachSequenceOnce(Lines.below(folder), 50);
        assertThat(files.writers().get(0).status().state()).isEqualTo(State.STOPPED);
    }

    @Test
    void startsAndStopsWritersWithTheCatalog() throws IOException {
        FileTerminal files = start(NEVER, LARGE);
        directory.add("ads.web.other", KAFKA.newTopic("other"), "hbase");
        directory.add("ads.web.view", KAFKA.newTopic("view"), "file", "hbase");
        await("the new stream has a writer")
                .atMost(LIMIT)
                .until(() -> files.writers().size() == 2);

        sender.send(5);
        await("records are in flight")
                .atMost(LIMIT)
                .until(() -> files.writers().get(0).written() == 5);
        directory.remove(STREAM);

        await("the stream's records are published at its end")
                .atMost(LIMIT)
                .until(() -> Lines.below(folder).size() == 5);
        assertThat(files.writers())
                .extracting(writer -> writer.definition().id().toString())
                .containsExactly("ads.web.view");
        assertThat(files.publishAll(LIMIT)).isTrue();
    }

    @Test
    void secondTerminalOnTheFolderWaitsForTheFirstToEnd() throws IOException, InterruptedException {
        FileTerminal first = start(NEVER, LARGE);
        sender.send(5);
        assertThat(first.publishAll(LIMIT)).isTrue();

        FileTerminal second = start(NEVER, LARGE);
        assertThat(second.publishAll(Duration.ofMillis(500))).isFalse();
        assertThat(second.writers()).isEmpty();
        first.close(LIMIT);

        sender.send(5);
        await("the second takes over").atMost(LIMIT).until(() -> second.publishAll(Duration.ofSeconds(5)));
        Lines.assertEachSequenceOnce(Lines.below(folder), 10);
    }
}
