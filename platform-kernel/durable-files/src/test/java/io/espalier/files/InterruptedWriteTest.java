package io.espalier.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Writes that end half way: by the system's refusal to take more, and by {@code kill -9}. */
@Timeout(120)
class InterruptedWriteTest {
    private static final byte[] OLD = "old".getBytes(UTF_8);
    private static final int TOO_BIG = 1 << 20;
    private static final int BIG = 8 << 20;

    @TempDir
    private Path folder;

    @Test
    void replaceThatTheDiskCutsShortLeavesTheOldContentAlone() throws Exception {
        Path file = Files.write(folder.resolve("f"), OLD);
        String said = Child.run(Child.limited("replace", file, TOO_BIG));
        assertThat(said).contains("Tried to write " + file, "File too large", "it is as it was");
        assertThat(file).hasBinaryContent(OLD);
        assertThat(files()).containsExactly(file);
    }

    @Test
    void appendThatTheDiskCutsShortIsTakenBack() throws Exception {
        Path file = Files.write(folder.resolve("f"), OLD);
        String said = Child.run(Child.limited("append", file, TOO_BIG));
        assertThat(said).contains("Tried to append to " + file, "File too large");
        assertThat(file).hasBinaryContent(OLD);
    }

    @Test
    void causeOfAFailedAppendIsNotHiddenByAFailureToTakeItBack() {
        assertThatThrownBy(() -> DurableFiles.append(new BrokenChannel(), OLD))
                .isInstanceOf(IOException.class)
                .hasMessage("the disk is full")
                .hasSuppressedException(new IOException("the disk is gone"));
    }

    @Test
    void killedWriterLeavesAWholeFileAndWhatItLeavesBesidesIsDeleted() throws Exception {
        Path file = folder.resolve("f");
        // The kill may come between two writes; then there is no leftover and it must be done again.
        await("a writer that was killed while it wrote")
                .atMost(Duration.ofSeconds(90))
                .until(() -> killWhileWriting(file));
        byte[] content = Files.readAllBytes(file);
        assertThat(content).hasSize(BIG).containsOnly(content[0]);

        DurableFiles.removeLeftovers(folder);
        assertThat(leftovers())
                .as("leftovers so young that their writer may live")
                .isNotEmpty();

        Path other = Files.write(folder.resolve(".espalier-notes.new"), OLD);
        for (Path each : files()) {
            Files.setLastModifiedTime(each, FileTime.from(Instant.now().minus(Duration.ofMinutes(2))));
        }
        DurableFiles.removeLeftovers(folder);
        assertThat(files()).containsExactlyInAnyOrder(file, other);
    }

    @Test
    void nothingIsLeftInAFolderThatIsMissing() {
        DurableFiles.removeLeftovers(folder.resolve("none"));
        assertThat(folder).isEmptyDirectory();
    }

    private boolean killWhileWriting(Path file) throws Exception {
        Process writer = Child.endless(file, BIG).inheritIO().start();
        try {
            await("the writer to have written once and to write again")
                    .pollInSameThread()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> Files.exists(file) && !leftovers().isEmpty());
        } finally {
            writer.destroyForcibly();
            assertThat(writer.waitFor(20, TimeUnit.SECONDS))
                    .as("the writer is dead")
                    .isTrue();
        }
        return !leftovers().isEmpty();
    }

    private List<Path> leftovers() throws IOException {
        return files().stream()
                .filter(file -> file.getFileName().toString().startsWith(".espalier-"))
                .toList();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }
}
