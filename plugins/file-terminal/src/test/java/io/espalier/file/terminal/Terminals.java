package io.espalier.file.terminal;

import io.espalier.file.input.RecordSource;
import io.espalier.file.kafka.KafkaInput;
import io.espalier.file.writer.WriterSettings;
import io.espalier.stream.catalog.StreamDirectory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Starts terminals with short waits, ends them after each test, and checks that no thread is left. */
final class Terminals implements AfterEachCallback {
    static final Duration LIMIT = Duration.ofSeconds(20);
    static final Duration NEVER = Duration.ofHours(1);
    static final long LARGE = 1 << 30;

    private final int maxStreams;
    private final Deque<FileTerminal> terminals = new ArrayDeque<>();
    private final Deque<KafkaInput> inputs = new ArrayDeque<>();

    Terminals() {
        this(16);
    }

    Terminals(int maxStreams) {
        this.maxStreams = maxStreams;
    }

    FileTerminal start(Path folder, StreamDirectory directory, Map<String, Object> connection) {
        return start(folder, directory, connection, NEVER, LARGE);
    }

    FileTerminal start(
            Path folder, StreamDirectory directory, Map<String, Object> connection, Duration rollAge, long rollBytes) {
        return start(folder, directory, connection, rollAge, rollBytes, kafka -> kafka);
    }

    /** Starts one whose source is made from the one on Kafka. */
    FileTerminal start(
            Path folder,
            StreamDirectory directory,
            Map<String, Object> connection,
            Duration rollAge,
            long rollBytes,
            UnaryOperator<RecordSource.Factory> around) {
        var input = new KafkaInput(connection, 256 * 1024);
        var settings = new WriterSettings(
                rollAge, rollBytes, Duration.ofSeconds(5), Duration.ofMillis(100), Duration.ofSeconds(1));
        var terminal = new FileTerminal(
                folder, settings, maxStreams, directory, around.apply(input), KafkaConsumer.class.getClassLoader());
        inputs.add(input);
        terminals.add(terminal);
        terminal.start();
        return terminal;
    }

    @Override
    public void afterEach(ExtensionContext context) throws InterruptedException {
        while (!terminals.isEmpty()) {
            terminals.remove().close(LIMIT);
        }
        while (!inputs.isEmpty()) {
            inputs.remove().close();
        }
        if (!threads().isEmpty()) {
            throw new AssertionError("These threads of the terminal still run after its end: " + threads());
        }
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(Thread::isAlive)
                .map(Thread::getName)
                .filter(name -> name.contains("file-terminal"))
                .toList();
    }
}
