package io.espalier.kernel.launcher.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProfileTest {
    @TempDir
    private Path folder;

    @Test
    void readsWhatARunShowsAndSkipsTheRest() throws IOException {
        Path file = file(
                "{\"plugins\":[\"a\"],\"about\":[\"kernel:info\"],\"watch\":\"stream:top\",\"finish\":\"stream:finish\"}");

        assertThat(Profile.read(file)).isEqualTo(new Profile(List.of("kernel:info"), "stream:top", "stream:finish"));
    }

    @Test
    void runsWithoutDisplayWhenTheProfileNamesNone() throws IOException {
        assertThat(Profile.read(file("{\"plugins\":[]}"))).isEqualTo(new Profile(List.of(), "", ""));
    }

    @Test
    void namesTheFileThatIsNoJson() throws IOException {
        Path file = file("{\"watch\": oops}");

        assertThatThrownBy(() -> Profile.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("streams.json");
    }

    private Path file(String json) throws IOException {
        return Files.writeString(folder.resolve("streams.json"), json);
    }
}
