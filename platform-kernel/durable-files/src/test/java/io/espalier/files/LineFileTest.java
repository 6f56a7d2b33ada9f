package io.espalier.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LineFileTest {
    @TempDir
    private Path folder;

    private Path path() {
        return folder.resolve("below/lines");
    }

    private LineFile open() {
        return new LineFile(path(), 3);
    }

    @Test
    void linesAreThereAgainInTheirOrder() throws Exception {
        LineFile file = open();
        assertThat(file.read()).isEmpty();
        file.add("one");
        file.add("");
        file.add("zwei ß");

        assertThat(open().read()).containsExactly("one", "", "zwei ß");
    }

    @Test
    void aLineThatACrashToreIsNotContinuedByTheNext() throws Exception {
        open().add("1 team/app:1.0");
        // Torn in the middle of a character.
        byte[] torn = {'2', ' ', (byte) 0xc3};
        Files.write(path(), torn, StandardOpenOption.APPEND);

        LineFile file = open();
        assertThat(file.read()).containsExactly("1 team/app:1.0");
        file.add("3 team/app:1.0");

        assertThat(Files.readString(path(), UTF_8)).isEqualTo("1 team/app:1.0\n3 team/app:1.0\n");
    }

    @Test
    void aFileThatIsNothingButATornLineIsEmpty() throws Exception {
        Files.createDirectories(folder.resolve("below"));
        Files.writeString(path(), "1 team");

        assertThat(open().read()).isEmpty();
        assertThat(path()).isEmptyFile();
    }

    @Test
    void openingItWritesNothing() throws Exception {
        open().add("one");
        Files.setLastModifiedTime(path(), java.nio.file.attribute.FileTime.fromMillis(1_000));

        open().read();

        assertThat(Files.getLastModifiedTime(path()).toMillis()).isEqualTo(1_000);
    }

    @Test
    void itIsWrittenAnewOnlyWhenThatPays() throws Exception {
        LineFile file = open();
        for (int i = 0; i < 5; i++) {
            file.add("line " + i);
            file.shorten(1, () -> List.of("the last"));
        }
        assertThat(Files.readAllLines(path())).hasSize(5);

        file.add("line 5");
        file.shorten(1, () -> List.of("the last"));

        assertThat(open().read()).containsExactly("the last");
    }

    @Test
    void whenItCannotBeWrittenAnewAllLinesStay() throws Exception {
        LineFile file = open();
        for (int i = 0; i < 6; i++) {
            file.add("line " + i);
        }
        Path aside = Files.move(path(), folder.resolve("aside"));
        // A folder of this name that is not empty cannot be replaced by a file.
        Files.createDirectories(path().resolve("in the way"));

        file.shorten(1, () -> List.of("the last"));

        Files.delete(path().resolve("in the way"));
        Files.delete(path());
        Files.move(aside, path());
        file.add("line 6");
        file.shorten(1, () -> List.of("the last"));
        assertThat(open().read()).as("it is tried again later").hasSize(7);
        file.add("line 7");
        file.add("line 8");
        file.shorten(1, () -> List.of("the last"));
        assertThat(open().read()).containsExactly("the last");
    }
}
