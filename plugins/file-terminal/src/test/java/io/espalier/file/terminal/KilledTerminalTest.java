package io.espalier.file.terminal;

import static io.espalier.file.terminal.Terminals.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.espalier.file.roll.PartName;
import io.espalier.testkit.kafka.KafkaExtension;
import io.espalier.testkit.process.ChildProcess;
import io.espalier.testkit.process.ProcessPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Each record is in the visible files once, wherever a crash hits. */
class KilledTerminalTest {
    private static final String STREAM = "ads.web.click";
    private static final int KILLS = 6;

    @RegisterExtension
    static final KafkaExtension KAFKA = KafkaExtension.inProcess();

    @RegisterExtension
    final Terminals terminals = new Terminals();

    @TempDir
    Path folder;

    private final FakeDirectory directory = new FakeDirectory();

    @Test
    void writesEachRecordOnceOverKillsWhileItRolls() throws IOException, InterruptedException {
        String topic = KAFKA.newTopic("killed");
        directory.add(STREAM, topic, "file");
        Random random = new Random(11);
        AtomicBoolean sending = new AtomicBoolean(true);
        try (Sender sender = new Sender(KAFKA.clientProperties(), STREAM, topic)) {
            Thread load = new Thread(() -> keepSending(sender, sending), "test-load");
            load.start();
            for (int i = 0; i < KILLS; i++) {
                killInTheMiddle(topic, random);
            }
            sending.set(false);
            load.join();

            FileTerminal last = terminals.start(folder, directory, KAFKA.clientProperties());
            assertThat(last.publishAll(LIMIT)).isTrue();

            Lines.assertEachSequenceOnce(Lines.below(folder), sender.sent());
            assertNamesTile();
        }
    }

    private void killInTheMiddle(String topic, Random random) {
        int before = Lines.files(folder).size();
        List<String> arguments = List.of(folder.toString(), KAFKA.bootstrapServers(), STREAM, topic);
        try (ChildProcess child = ProcessPlan.java(
                        TerminalChild.class, List.of("-Xmx96m", "-XX:+UseSerialGC"), arguments)
                .start()) {
            child.awaitLine("STARTED", LIMIT);
            await("the child rolls files")
                    .atMost(LIMIT)
                    .until(() -> Lines.files(folder).size() > before + 2);
            LockSupport.parkNanos(random.nextInt(150_000_000));
            child.kill();
        }
    }

    private static void keepSending(Sender sender, AtomicBoolean sending) {
        while (sending.get()) {
            sender.send(20);
            LockSupport.parkNanos(2_000_000);
        }
    }

    private void assertNamesTile() {
        long next = 0;
        for (Path file : Lines.files(folder)) {
            PartName name = PartName.parse(file.getFileName().toString()).orElseThrow();
            assertThat(name.first()).as("first offset of %s", name).isEqualTo(next);
            next = name.last() + 1;
        }
    }

    @Test
    void writesAgainWhatACrashLeftInFlight() throws IOException {
        String topic = withTenRecords();
        // The crash came before the rename: all lines are there, and on disk, under the hidden name.
        Path streamFolder = Files.createDirectories(folder.resolve(STREAM));
        Files.writeString(
                streamFolder.resolve(".part-0-00000000000000000000.jsonl.inflight"), "{\"stream\":null}\n{\"tor");

        FileTerminal terminal = terminals.start(folder, directory, KAFKA.clientProperties());
        assertThat(terminal.publishAll(LIMIT)).isTrue();

        Lines.assertEachSequenceOnce(Lines.below(folder), 10);
        assertThat(streamFolder).isDirectoryNotContaining("glob:**inflight");
        assertThat(topic).isNotEmpty();
    }

    @Test
    void goesOnAfterTheVisibleFilesThoughNoGroupOffsetWasCommitted() throws IOException {
        withTenRecords();
        FileTerminal first = terminals.start(folder, directory, KAFKA.clientProperties());
        assertThat(first.publishAll(LIMIT)).isTrue();
        Path file = Lines.files(folder).get(0);

        // As after a crash between the rename and the commit: the files of another terminal, whose group is unknown
        // here.
        Path other = Files.createDirectories(folder.resolve("restored").resolve("ads.web.copy"));
        Files.copy(file, other.resolve(file.getFileName()));
        directory.add("ads.web.copy", directory.list().get(0).topic(), "file");
        FileTerminal second = terminals.start(folder.resolve("restored"), directory, KAFKA.clientProperties());
        assertThat(second.publishAll(LIMIT)).isTrue();

        Lines.assertEachSequenceOnce(Lines.below(other), 10);
        assertThat(Lines.files(other)).hasSize(1);
    }

    private String withTenRecords() {
        String topic = KAFKA.newTopic("crash");
        directory.add(STREAM, topic, "file");
        try (Sender sender = new Sender(KAFKA.clientProperties(), STREAM, topic)) {
            sender.send(10);
        }
        return topic;
    }
}
