package io.espalier.file.osgi;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.file.input.InputException;
import io.espalier.file.latency.LatencyTotal;
import io.espalier.file.writer.StreamWriter;
import io.espalier.file.writer.WriterSettings;
import io.espalier.file.writer.WriterStatus.State;
import io.espalier.stream.catalog.DeliveryClass;
import io.espalier.stream.catalog.StreamDefinition;
import io.espalier.stream.id.StreamId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WriterTableTest {
    @TempDir
    Path folder;

    @Test
    void showsWhyAStreamIsNotWritten() throws InterruptedException {
        var definition = new StreamDefinition(
                StreamId.parse("ads.web.click"),
                1,
                "ads.web.click",
                1,
                5,
                DeliveryClass.REALTIME,
                "text",
                List.of("file"),
                1024,
                "");
        var writer = new StreamWriter(
                definition,
                folder,
                WriterSettings.rollingAt(Duration.ofSeconds(1), 1024),
                (stream, topic) -> {
                    throw new InputException("Kafka is on holiday.");
                },
                new LatencyTotal(),
                WriterTableTest.class.getClassLoader());
        writer.start();
        Awaitility.await("the writer has failed")
                .atMost(Duration.ofSeconds(10))
                .until(() -> writer.status().state() == State.NO_INPUT);

        String table = WriterTable.of(List.of(writer));
        writer.stop();

        assertThat(table.lines())
                .satisfiesExactly(
                        head -> assertThat(head).startsWith("STREAM").endsWith("STATE"),
                        row -> assertThat(row).matches("ads\\.web\\.click( +-){5} +no-input"),
                        reason -> assertThat(reason).isEqualTo("ads.web.click: Kafka is on holiday."));
        assertThat(writer.awaitEnd(TimeUnit.SECONDS.toNanos(10))).isTrue();
    }
}
