package io.espalier.kernel.launcher.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataLockTest {
    @TempDir
    private Path folder;

    @Test
    void refusesASecondKernelOnOneFolderAndNamesTheFirst() throws IOException {
        try (DataLock first = DataLock.take(folder)) {
            assertThat(first).isNotNull();
            assertThatThrownBy(() -> DataLock.take(folder))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("pid " + ProcessHandle.current().pid())
                    .hasMessageContaining("espalier stop --data " + folder);
        }
    }

    @Test
    void canBeTakenAgainAfterItsOwnerIsGone() throws IOException {
        DataLock.take(folder).close();

        try (DataLock again = DataLock.take(folder)) {
            assertThat(again).isNotNull();
        }
    }

    @Test
    void waitsForTheOwnerToGo() throws Exception {
        DataLock owner = DataLock.take(folder);
        assertThat(DataLock.awaitFree(folder, Duration.ofMillis(60))).isFalse();
        CompletableFuture<Boolean> free = CompletableFuture.supplyAsync(() -> awaitFree(Duration.ofSeconds(30)));

        owner.close();

        assertThat(free.get(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aFolderThatNoKernelEverHadIsFree() throws Exception {
        assertThat(DataLock.awaitFree(folder, Duration.ZERO)).isTrue();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void saysThatTheFolderCannotBeWritten() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");

        assertThatThrownBy(() -> DataLock.take(file)).hasMessageContaining("make it writable");
    }

    private boolean awaitFree(Duration limit) {
        try {
            return DataLock.awaitFree(folder, limit);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
