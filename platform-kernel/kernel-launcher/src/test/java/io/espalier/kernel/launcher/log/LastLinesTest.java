package io.espalier.kernel.launcher.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LastLinesTest {
    @TempDir
    private Path folder;

    @Test
    void givesTheLastLinesOldestFirst() throws IOException {
        assertThat(LastLines.of(file("a\nb\nc\n"), 2)).containsExactly("b", "c");
    }

    @Test
    void countsALastLineWithoutNewline() throws IOException {
        assertThat(LastLines.of(file("a\nb\nc"), 2)).containsExactly("b", "c");
    }

    @Test
    void givesAllWhenFewerAreThere() throws IOException {
        assertThat(LastLines.of(file("a\n\nc\n"), 10)).containsExactly("a", "", "c");
        assertThat(LastLines.of(file(""), 10)).isEmpty();
    }

    @Test
    void readsOverTheBordersOfItsChunks() throws IOException {
        List<String> lines =
                IntStream.range(0, 20_000).mapToObj(i -> "line " + i).toList();

        assertThat(LastLines.of(file(String.join("\n", lines) + "\n"), 15_000)).isEqualTo(lines.subList(5_000, 20_000));
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("x.log"), text);
    }
}
