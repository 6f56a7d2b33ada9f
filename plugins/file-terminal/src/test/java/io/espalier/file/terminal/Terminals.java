package io.espalier.file.terminal;

import io.espalier.file.input.RecordSource;
import io.espalier.file.kafka.KafkaRecordSource;
import io.espalier.file.writer.WriterSettings;
import io.espalier.stream.catalog.StreamDirectory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/** Starts terminals with short waits. */
final class Terminals {
    static final Duration LIMIT = Duration.ofSeconds(20);
    static final Duration NEVER = Duration.ofHours(1);
    static final long LARGE = 1 << 30;

    private Terminals() {}

    static FileTerminal start(Path folder, StreamDirectory directory, Map<String, Object> connection) {
        return start(folder, directory, connection, NEVER, LARGE);
    }

    static FileTerminal start(
            Path folder, StreamDirectory directory, Map<String, Object> connection, Duration rollAge, long rollBytes) {
        return start(folder, directory, KafkaRecordSource.factory(connection, 256 * 1024), rollAge, rollBytes);
    }

    static FileTerminal start(
            Path folder, StreamDirectory directory, RecordSource.Factory sources, Duration rollAge, long rollBytes) {
        var settings = new WriterSettings(
                rollAge, rollBytes, Duration.ofSeconds(5), Duration.ofMillis(100), Duration.ofSeconds(1));
        var terminal = new FileTerminal(folder, settings, 16, directory, sources, KafkaConsumer.class.getClassLoader());
        terminal.start();
        return terminal;
    }
}
