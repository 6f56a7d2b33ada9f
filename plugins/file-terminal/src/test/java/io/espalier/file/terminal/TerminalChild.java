package io.espalier.file.terminal;

import io.espalier.file.kafka.KafkaInput;
import io.espalier.file.writer.WriterSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/** A terminal in a process of its own that runs until it is killed; arguments: folder, bootstrap servers, stream, topic. */
final class TerminalChild {
    private TerminalChild() {}

    public static void main(String[] arguments) throws InterruptedException {
        var directory = new FakeDirectory();
        directory.add(arguments[2], arguments[3], "file");
        var terminal = new FileTerminal(
                Path.of(arguments[0]),
                WriterSettings.rollingAt(Duration.ofMillis(100), 50_000),
                16,
                directory,
                new KafkaInput(Map.of("bootstrap.servers", arguments[1]), 64 * 1024),
                KafkaConsumer.class.getClassLoader());
        terminal.start();
        System.out.println("STARTED");
        Thread.currentThread().join();
    }
}
