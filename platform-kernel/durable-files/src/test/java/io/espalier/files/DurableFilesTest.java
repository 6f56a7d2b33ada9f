package io.espalier.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DurableFilesTest {
    private static final byte[] OLD = "old".getBytes(UTF_8);
    private static final byte[] NEW = "new and longer".getBytes(UTF_8);

    @TempDir
    private Path folder;

    @Test
    void replacesTheContentAndLeavesNothingElse() throws IOException {
        Path file = folder.resolve("f");
        DurableFiles.replace(file, NEW);
        DurableFiles.replace(file, OLD);
        assertThat(file).hasBinaryContent(OLD);
        assertThat(names()).containsExactly("f");
    }

    @Test
    void makesTheFoldersThatAreMissing() throws IOException {
        Path file = folder.resolve("a/b/f");
        DurableFiles.replace(file, NEW);
        DurableFiles.append(folder.resolve("c/d/f"), NEW);
        assertThat(file).hasBinaryContent(NEW);
        assertThat(folder.resolve("c/d/f")).hasBinaryContent(NEW);
    }

    @Test
    void longNamesAreNoProblem() throws IOException {
        Path file = folder.resolve("n".repeat(255));
        DurableFiles.replace(file, NEW);
        assertThat(file).hasBinaryContent(NEW);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-------", "r--r--r--", "rw-rw-rw-"})
    void keepsTheRightsOfTheFile(String rights) throws IOException {
        Path file = Files.write(folder.resolve("f"), OLD);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(rights));
        DurableFiles.replace(file, NEW);
        assertThat(rights(file)).isEqualTo(rights);
        assertThat(file).hasBinaryContent(NEW);
    }

    @Test
    void newFileHasTheRightsThatTheProcessGives() throws IOException {
        Path usual = Files.write(folder.resolve("usual"), OLD);
        DurableFiles.replace(folder.resolve("f"), NEW);
        assertThat(rights(folder.resolve("f"))).isEqualTo(rights(usual));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-------", "rw-rw-rw-"})
    void givesExactlyTheRightsThatAreAskedFor(String rights) throws IOException {
        Path file = Files.write(folder.resolve("f"), OLD);
        DurableFiles.replace(file, NEW, PosixFilePermissions.fromString(rights));
        assertThat(rights(file)).isEqualTo(rights);
    }

    @Test
    void refusesRightsThatTheFileSystemCannotKeep() throws IOException {
        Path zip = folder.resolve("f.zip");
        try (FileSystem files = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
            Path secret = files.getPath("/secret");
            assertThatThrownBy(() -> DurableFiles.replace(secret, NEW, DurableFiles.OWNER_ONLY))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("Tried to write /secret with the rights rw-------")
                    .hasMessageContaining("choose a folder");
            assertThat(secret).doesNotExist();
            DurableFiles.replace(secret, NEW);
            assertThat(secret).hasBinaryContent(NEW);
        }
    }

    @Test
    void namesTheFileWhenItsFolderCannotBeMade() throws IOException {
        Path inTheWay = Files.write(folder.resolve("f"), OLD);
        Path file = inTheWay.resolve("g");
        assertThatThrownBy(() -> DurableFiles.replace(file, NEW))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Tried to write " + file)
                .hasMessageContaining("it is as it was");
        assertThatThrownBy(() -> DurableFiles.append(file, NEW)).hasMessageContaining("Tried to append to " + file);
        assertThat(inTheWay).hasBinaryContent(OLD);
    }

    @Test
    void leavesNothingWhenTheFileCannotBeReplaced() throws IOException {
        Path taken = folder.resolve("f");
        Files.createDirectories(taken.resolve("inner"));
        assertThatThrownBy(() -> DurableFiles.replace(taken, NEW)).isInstanceOf(IOException.class);
        assertThat(names()).containsExactly("f");
        assertThat(taken.resolve("inner")).isDirectory();
    }

    @Test
    void interruptedWriterLeavesTheOldContent() throws IOException {
        Path file = Files.write(folder.resolve("f"), OLD);
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> DurableFiles.replace(file, NEW))
                    .hasCauseInstanceOf(ClosedByInterruptException.class);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(file).hasBinaryContent(OLD);
        assertThat(names()).containsExactly("f");
    }

    @Test
    void symbolicLinkIsReplacedItself() throws IOException {
        Path file = Files.write(folder.resolve("f"), OLD);
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);
        DurableFiles.replace(link, NEW);
        assertThat(Files.isSymbolicLink(link)).isFalse();
        assertThat(file).hasBinaryContent(OLD);
    }

    @Test
    void appendsToTheEnd() throws IOException {
        Path file = folder.resolve("f");
        DurableFiles.append(file, OLD);
        DurableFiles.append(file, NEW);
        assertThat(file).hasContent("oldnew and longer");
    }

    @Test
    void forcingAFolderThatIsMissingFails() {
        assertThatThrownBy(() -> DurableFiles.forceFolder(folder.resolve("none")))
                .isInstanceOf(IOException.class);
    }

    private String rights(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    private Stream<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList().stream();
        }
    }
}
