package io.espalier.file.terminal;

import static io.espalier.file.terminal.Terminals.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.espalier.testkit.kafka.ChildBrokers;
import io.espalier.testkit.kafka.KafkaExtension;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a broker that is frozen, or killed and started again, does to the files: nothing. */
class FrozenBrokerTest {
    private static final String STREAM = "ads.web.click";

    @RegisterExtension
    static final ChildBrokers BROKERS = KafkaExtension.childProcesses(1);

    @RegisterExtension
    final Terminals terminals = new Terminals();

    @TempDir
    Path folder;

    @Test
    void goesOnAfterABrokerWasFrozenAndAfterItWasKilled() throws IOException {
        Map<String, Object> connection = Map.of("bootstrap.servers", BROKERS.bootstrapServers());
        String topic = BROKERS.topics().createNew("frozen", 1);
        var directory = new FakeDirectory();
        directory.add(STREAM, topic, "file");
        FileTerminal terminal = terminals.start(folder, directory, connection);
        try (Sender sender = new Sender(connection, STREAM, topic)) {
            sender.send(50);
            assertThat(terminal.publishAll(LIMIT)).isTrue();

            BROKERS.broker(1).freeze();
            assertThat(terminal.publishAll(Duration.ofSeconds(2))).isFalse();
            BROKERS.broker(1).thaw();
            sender.send(50);
            await("it goes on").atMost(Duration.ofSeconds(60)).until(() -> terminal.publishAll(LIMIT));
            Lines.assertEachSequenceOnce(Lines.below(folder), 100);

            BROKERS.broker(1).kill();
            assertThat(terminal.publishAll(Duration.ofSeconds(2))).isFalse();
            BROKERS.broker(1).start();
            sender.send(50);
            await("it goes on").atMost(Duration.ofSeconds(60)).until(() -> terminal.publishAll(LIMIT));
            Lines.assertEachSequenceOnce(Lines.below(folder), 150);
        }
    }
}
