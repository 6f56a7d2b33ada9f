package io.espalier.file.terminal;

import static io.espalier.file.terminal.Terminals.LARGE;
import static io.espalier.file.terminal.Terminals.LIMIT;
import static io.espalier.file.terminal.Terminals.NEVER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.espalier.file.input.InputException;
import io.espalier.file.input.RecordSource;
import io.espalier.file.writer.WriterStatus;
import io.espalier.file.writer.WriterStatus.State;
import io.espalier.testkit.kafka.KafkaExtension;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class TroubledInputTest {
    private static final String STREAM = "ads.web.click";

    @RegisterExtension
    static final KafkaExtension KAFKA = KafkaExtension.inProcess();

    @RegisterExtension
    final Terminals terminals = new Terminals();

    @TempDir
    Path folder;

    private final FakeDirectory directory = new FakeDirectory();

    private FileTerminal start() {
        return terminals.start(folder, directory, KAFKA.clientProperties());
    }

    private static Sender sender(String topic) {
        return new Sender(KAFKA.clientProperties(), STREAM, topic);
    }

    @Test
    void waitsForATopicThatIsNotThereYetAndSaysSo() throws IOException {
        String topic = KAFKA.newTopic("name") + "-later";
        directory.add(STREAM, topic, "file");
        FileTerminal terminal = start();
        await("the missing topic is noticed")
                .atMost(LIMIT)
                .until(() -> !terminal.writers().isEmpty() && status(terminal).state() == State.NO_INPUT);
        assertThat(status(terminal).reason()).contains("There is no topic " + topic);

        KAFKA.createTopic(topic, 1);
        try (Sender sender = sender(topic)) {
            sender.send(3);
        }

        await("it heals").atMost(LIMIT).until(() -> terminal.publishAll(Duration.ofSeconds(5)));
        Lines.assertEachSequenceOnce(Lines.below(folder), 3);
    }

    private static WriterStatus status(FileTerminal terminal) {
        return terminal.writers().get(0).status();
    }

    @Test
    void goesOnAtTheEarliestOffsetWhenRetentionTookRecords()
            throws IOException, ExecutionException, InterruptedException {
        String topic = KAFKA.newTopic("retention");
        directory.add(STREAM, topic, "file");
        try (Sender sender = sender(topic)) {
            sender.send(10);
            FileTerminal first = start();
            assertThat(first.publishAll(LIMIT)).isTrue();
            first.close(LIMIT);
            sender.send(10);
            deleteBefore(topic, 15);

            assertThat(start().publishAll(LIMIT)).isTrue();

            assertThat(Lines.below(folder))
                    .extracting(line -> line.number("seq"))
                    .contains(9L, 15L, 19L)
                    .doesNotContain(10L, 14L)
                    .hasSize(15);
        }
    }

    private static void deleteBefore(String topic, long offset) throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(KAFKA.clientProperties())) {
            admin.deleteRecords(Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(offset)))
                    .all()
                    .get();
        }
    }

    @Test
    void writesATopicThatWasCreatedAnewToANewFolder() throws IOException, ExecutionException, InterruptedException {
        String topic = KAFKA.newTopic("anew");
        directory.add(STREAM, topic, "file");
        try (Sender sender = sender(topic)) {
            sender.send(10);
        }
        FileTerminal terminal = start();
        assertThat(terminal.publishAll(LIMIT)).isTrue();

        try (Admin admin = Admin.create(KAFKA.clientProperties())) {
            admin.deleteTopics(List.of(topic)).all().get();
            await("the topic is gone")
                    .atMost(LIMIT)
                    .until(() -> !admin.listTopics().names().get().contains(topic));
        }
        KAFKA.createTopic(topic, 1);
        try (Sender sender = sender(topic)) {
            sender.send(4);
        }

        Path anew = folder.resolve(STREAM).resolve("topic-2");
        await("the new topic's records are written")
                .atMost(Duration.ofSeconds(60))
                .until(() -> {
                    terminal.publishAll(Duration.ofSeconds(2));
                    return Lines.below(anew).size() == 4;
                });
        Lines.assertEachSequenceOnce(Lines.below(anew), 4);
    }

    @Test
    void readsPartitionsThatWereAdded() throws ExecutionException, InterruptedException {
        String topic = KAFKA.newTopic("grows");
        directory.add(STREAM, topic, "file");
        FileTerminal terminal = start();
        await("it reads one partition")
                .atMost(LIMIT)
                .until(() -> !terminal.writers().isEmpty()
                        && status(terminal).partitions().size() == 1);

        try (Admin admin = Admin.create(KAFKA.clientProperties())) {
            admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(3)))
                    .all()
                    .get();
        }

        await("it reads three partitions")
                .atMost(Duration.ofSeconds(45))
                .until(() -> status(terminal).partitions().size() == 3);
    }

    @Test
    void streamThatIsStuckHoldsUpNoOtherAndNotTheEnd() throws IOException, InterruptedException {
        directory.add("ads.web.stuck", KAFKA.newTopic("stuck"), "file");
        String topic = KAFKA.newTopic("fine");
        directory.add(STREAM, topic, "file");
        CountDownLatch never = new CountDownLatch(1);
        FileTerminal terminal = terminals.start(
                folder,
                directory,
                KAFKA.clientProperties(),
                Duration.ofMillis(200),
                LARGE,
                kafka -> (stream, name) -> blockIfStuck(kafka, stream, name, never));
        try (Sender sender = sender(topic)) {
            sender.send(100);
        }

        await("the other stream is written")
                .atMost(LIMIT)
                .until(() -> Lines.below(folder).size() == 100);
        assertThat(terminal.publishAll(Duration.ofMillis(300))).isFalse();
        long started = System.nanoTime();
        terminal.close(Duration.ofSeconds(2));
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(5));
    }

    private static RecordSource blockIfStuck(
            RecordSource.Factory kafka, String stream, String topic, CountDownLatch never) throws InputException {
        if (stream.endsWith("stuck")) {
            try {
                assertThat(never.await(1, TimeUnit.HOURS)).isTrue();
            } catch (InterruptedException e) {
                throw new InputException("interrupted", e);
            }
        }
        return kafka.open(stream, topic);
    }

    @Test
    void terminalStartsAndEndsQuicklyWithoutKafka() throws InterruptedException {
        directory.add(STREAM, "any", "file");
        FileTerminal terminal =
                terminals.start(folder, directory, Map.of("bootstrap.servers", "127.0.0.1:1"), NEVER, LARGE);
        await("the writer has begun").atMost(LIMIT).until(() -> !terminal.writers()
                .isEmpty());

        long started = System.nanoTime();
        terminal.close(Duration.ofSeconds(10));

        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(4));
    }
}
