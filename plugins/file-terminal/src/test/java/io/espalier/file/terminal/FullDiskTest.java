package io.espalier.file.terminal;

import static io.espalier.file.terminal.Terminals.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.espalier.file.writer.WriterStatus.State;
import io.espalier.testkit.files.SmallDisk;
import io.espalier.testkit.kafka.KafkaExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class FullDiskTest {
    private static final String STREAM = "ads.web.click";
    private static final Duration ROLL_AGE = Duration.ofMillis(200);

    @RegisterExtension
    static final KafkaExtension KAFKA = KafkaExtension.inProcess();

    @RegisterExtension
    final Terminals terminals = new Terminals();

    @TempDir
    Path folder;

    private final FakeDirectory directory = new FakeDirectory();
    private final String topic = KAFKA.newTopic("disk");

    @Test
    void losesAndDoublesNothingWhenTheDiskFillsAndIsFreedAgain() throws IOException, InterruptedException {
        directory.add(STREAM, topic, "file");
        try (SmallDisk disk = SmallDisk.mount(1 << 20);
                Sender sender = new Sender(KAFKA.clientProperties(), STREAM, topic)) {
            FileTerminal terminal =
                    terminals.start(disk.folder(), directory, KAFKA.clientProperties(), ROLL_AGE, 100_000);
            sender.send(1_000);
            await("a first file is visible").atMost(LIMIT).until(() -> !Lines.files(disk.folder())
                    .isEmpty());
            disk.fill();
            sender.send(9_000);
            await("the full disk is noticed")
                    .atMost(LIMIT)
                    .until(() -> terminal.writers().get(0).status().state() == State.NO_OUTPUT);
            assertThat(terminal.writers().get(0).status().reason()).contains("free space");

            // 10,000 lines need more than the disk has, so older files make room as they would in the field.
            disk.free();
            Path saved = Files.createDirectories(folder.resolve("saved"));
            await("all is written once there is space")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> {
                        boolean all = terminal.publishAll(Duration.ofSeconds(2));
                        copyAll(disk.folder().resolve(STREAM), saved);
                        return all;
                    });

            terminal.close(LIMIT);
            copyAll(disk.folder().resolve(STREAM), saved);
            Lines.assertEachSequenceOnce(Lines.below(saved), 10_000);
        }
    }

    /** Copies the visible files and empties all but the one that the next position is read from. */
    private static void copyAll(Path from, Path to) throws IOException {
        for (Path file : Lines.files(from)) {
            Path copy = to.resolve(file.getFileName());
            if (!Files.exists(copy)) {
                Files.copy(file, copy);
            }
            Files.writeString(file, "");
        }
    }

    @Test
    void startsOnceTheFolderCanBeUsed() throws IOException {
        directory.add(STREAM, topic, "file");
        Path streamFolder = folder.resolve(STREAM);
        Files.writeString(streamFolder, "a file where the folder should be");
        FileTerminal terminal = terminals.start(folder, directory, KAFKA.clientProperties());
        try (Sender sender = new Sender(KAFKA.clientProperties(), STREAM, topic)) {
            sender.send(10);
        }
        await("the fault is noticed")
                .atMost(LIMIT)
                .until(() -> !terminal.writers().isEmpty()
                        && terminal.writers().get(0).status().state() == State.NO_OUTPUT);
        assertThat(terminal.publishAll(Duration.ofMillis(300))).isFalse();

        Files.delete(streamFolder);

        await("it heals").atMost(LIMIT).until(() -> terminal.publishAll(Duration.ofSeconds(5)));
        Lines.assertEachSequenceOnce(Lines.below(folder), 10);
    }
}
