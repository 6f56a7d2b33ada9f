package io.espalier.kernel.launcher.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayoutTest {
    @TempDir
    private Path folder;

    @Test
    void createsDataAndLogFolders() throws IOException {
        Layout layout = distribution("streams");

        layout.prepare();

        assertThat(layout.data()).isDirectory();
        assertThat(layout.log()).isDirectory();
    }

    @Test
    void refusesAHomeThatIsNoDistribution() {
        Layout layout =
                new Layout(folder.resolve("elsewhere"), folder.resolve("data"), folder.resolve("log"), "streams");

        assertThatThrownBy(layout::prepare).isInstanceOf(IOException.class).hasMessageContaining("no system/ folder");
    }

    @Test
    void refusesAnUnknownProfileAndSaysWhereProfilesAre() throws IOException {
        distribution("streams");
        Layout layout = new Layout(folder, folder.resolve("data"), folder.resolve("log"), "steams");

        assertThatThrownBy(layout::prepare).hasMessageContaining("'steams'").hasMessageContaining("etc/profiles");
    }

    @Test
    void saysWhichFolderCannotBeMade() throws IOException {
        distribution("streams");
        Path blocked = Files.writeString(folder.resolve("file"), "");
        Layout layout = new Layout(folder, blocked.resolve("data"), folder.resolve("log"), "streams");

        assertThatThrownBy(layout::prepare).isInstanceOf(IOException.class).hasMessageContaining("--data");
    }

    private Layout distribution(String profile) throws IOException {
        Files.createDirectories(folder.resolve("system"));
        Files.createDirectories(folder.resolve("etc/profiles"));
        Files.writeString(folder.resolve("etc/profiles").resolve(profile + ".json"), "{}");
        return new Layout(folder, folder.resolve("data"), folder.resolve("log"), profile);
    }
}
