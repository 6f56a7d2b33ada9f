package io.espalier.testkit.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SmallDiskTest {
    @Test
    void refusesWritesWhileFullAndTakesThemAgain() throws IOException {
        Path folder;
        try (SmallDisk disk = SmallDisk.mount(1 << 20)) {
            folder = disk.folder();
            Path file = folder.resolve("file");
            Files.write(file, new byte[8192]);
            disk.fill();
            assertThatThrownBy(() -> Files.write(folder.resolve("more"), new byte[8192]))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("No space left");
            disk.free();
            Files.write(folder.resolve("more"), new byte[8192]);
            assertThat(file).hasSize(8192);
        }
        assertThat(folder).doesNotExist();
    }
}
