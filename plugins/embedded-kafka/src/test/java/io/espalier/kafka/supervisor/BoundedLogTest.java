package io.espalier.kafka.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BoundedLogTest {
    @Test
    void keepsTheLastLinesInTwoBoundedFiles(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("new/kafka.log");
        try (BoundedLog log = new BoundedLog(file, 100)) {
            for (int i = 0; i < 100; i++) {
                log.add("line " + i);
            }
        }
        Path older = folder.resolve("new/kafka.log.1");
        assertThat(file).content().endsWith("line 99" + System.lineSeparator()).hasSizeLessThanOrEqualTo(100);
        assertThat(older).content().isNotEmpty().hasSizeLessThanOrEqualTo(100);
        assertThat(folder.resolve("new")).isDirectoryContaining(file::equals);
        assertThat(folder.resolve("new").toFile().list()).hasSize(2);
    }

    @Test
    void goesOnInTheFileThatIsThere(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("kafka.log");
        try (BoundedLog log = new BoundedLog(file, 100)) {
            log.add("one");
        }
        try (BoundedLog log = new BoundedLog(file, 100)) {
            log.add("two");
        }
        assertThat(file).content().isEqualToNormalizingNewlines("one\ntwo\n");
    }
}
