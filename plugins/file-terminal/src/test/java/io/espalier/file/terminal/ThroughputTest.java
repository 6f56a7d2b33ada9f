package io.espalier.file.terminal;

import static io.espalier.file.terminal.Terminals.NEVER;
import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.testkit.kafka.KafkaExtension;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** How fast one stream catches up with a backlog, with the broker in the same JVM. */
class ThroughputTest {
    private static final int RECORDS = 200_000;

    @RegisterExtension
    static final KafkaExtension KAFKA = KafkaExtension.inProcess();

    @RegisterExtension
    final Terminals terminals = new Terminals();

    @TempDir
    Path folder;

    @Test
    void catchesUpWithABacklog() throws IOException {
        String topic = KAFKA.newTopic("backlog");
        try (Sender sender = new Sender(KAFKA.clientProperties(), "ads.web.click", topic)) {
            for (int i = 0; i < RECORDS / 20_000; i++) {
                sender.send(20_000);
            }
        }
        var directory = new FakeDirectory();
        directory.add("ads.web.click", topic, "file");

        long started = System.nanoTime();
        FileTerminal terminal = terminals.start(folder, directory, KAFKA.clientProperties(), NEVER, 8 << 20);
        assertThat(terminal.publishAll(Duration.ofSeconds(60))).isTrue();
        double seconds = (System.nanoTime() - started) / 1e9;

        System.out.printf("file-terminal backlog: %.0f records/s in one stream%n", RECORDS / seconds);
        Lines.assertEachSequenceOnce(Lines.below(folder), RECORDS);
        assertThat(RECORDS / seconds).as("records a second").isGreaterThan(10_000);
    }
}
