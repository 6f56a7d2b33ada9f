package io.espalier.collector.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GeneratedLogTest {
    @Test
    void keepsWhatItsReaderHasNotReadAndBoundsTheDiskSpace(@TempDir Path folder) throws Exception {
        AtomicBoolean read = new AtomicBoolean();
        Path file = folder.resolve("clock.log");
        GeneratedLog log = new GeneratedLog(file, 1, 10_000, 2, oldest -> read.get());
        int written = 0;
        for (int i = 0; i < 100 && log.write(10); i++) {
            written += 10;
        }
        assertThat(written).as("two renamed files and one of twice the size").isEqualTo(400);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).hasSize(3);
        }
        assertThat(Files.readString(folder.resolve("clock.log.2"))).contains("clock tick 0 ");
        read.set(true);
        assertThat(log.write(10)).isTrue();
        assertThat(Files.size(file)).isEqualTo(1000);
        assertThat(Files.readString(folder.resolve("clock.log.2"))).contains("clock tick 100 ");
    }
}
