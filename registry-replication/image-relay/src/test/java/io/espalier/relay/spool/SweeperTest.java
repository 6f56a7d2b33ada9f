package io.espalier.relay.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SweeperTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    private List<String> files() throws IOException {
        try (var all = Files.list(folder)) {
            return all.map(path -> String.valueOf(path.getFileName())).toList();
        }
    }

    @Test
    void aNameIsFreeAtOnceAndTheFileGoneSoon() throws Exception {
        try (Sweeper sweeper = new Sweeper(folder)) {
            Path file = Files.writeString(folder.resolve("one.blob"), "old");

            sweeper.delete(file);
            assertThat(file).doesNotExist();
            Files.writeString(file, "new");

            await().atMost(LIMIT).untilAsserted(() -> assertThat(files()).containsExactly("one.blob"));
            assertThat(file).hasContent("new");
        }
    }

    @Test
    void closingDoesWhatWaits() throws Exception {
        try (Sweeper sweeper = new Sweeper(folder)) {
            for (int i = 0; i < 200; i++) {
                sweeper.delete(Files.writeString(folder.resolve(i + ".blob"), "old"));
            }
        }
        assertThat(files()).isEmpty();
    }

    @Test
    void theNextRunDeletesWhatAKilledOneDidNotGetTo() throws Exception {
        Files.writeString(folder.resolve("1790000000000-1.gone"), "left");
        try (Spool spool = Spool.open(folder, 1 << 20)) {
            await().atMost(LIMIT).untilAsserted(() -> assertThat(files()).isEmpty());
            assertThat(spool.usedBytes()).isZero();
        }
    }
}
