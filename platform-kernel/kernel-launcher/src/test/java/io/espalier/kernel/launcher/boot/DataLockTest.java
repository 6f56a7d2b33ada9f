package io.espalier.kernel.launcher.boot;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataLockTest {
    @TempDir
    private Path folder;

    @Test
    void oneKernelHasAFolderUntilItGivesItBack() throws IOException {
        DataLock first = DataLock.take(folder);
        assertThatThrownBy(() -> DataLock.take(folder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("another one runs there");

        first.close();

        DataLock.take(folder).close();
    }
}
