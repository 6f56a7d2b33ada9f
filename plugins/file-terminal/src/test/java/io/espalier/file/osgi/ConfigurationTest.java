package io.espalier.file.osgi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ConfigurationTest {
    @Test
    void keysAreWrittenWithHyphensInMetatypeAndComponentAlike() throws IOException {
        for (String description : new String[] {
            "/OSGI-INF/metatype/file.terminal.xml", "/OSGI-INF/io.espalier.file.osgi.FileTerminalComponent.xml"
        }) {
            assertThat(read(description))
                    .as(description)
                    .contains(
                            "\"roll-seconds\"",
                            "\"roll-bytes\"",
                            "\"fetch-bytes\"",
                            "\"max-streams\"",
                            "\"stop-seconds\"");
        }
    }

    @Test
    void componentIsConfiguredUnderItsPid() throws IOException {
        assertThat(read("/OSGI-INF/io.espalier.file.osgi.FileTerminalComponent.xml"))
                .contains("configuration-pid=\"file.terminal\"");
    }

    @Test
    void filesStandInTheDataFolderUnlessConfiguredOtherwise() {
        assertThat(FileTerminalComponent.folder("", "/var/espalier")).isEqualTo(Path.of("/var/espalier/files"));
        assertThat(FileTerminalComponent.folder("/mnt/out", "/var/espalier")).isEqualTo(Path.of("/mnt/out"));
    }

    private static String read(String resource) throws IOException {
        try (InputStream in = Objects.requireNonNull(
                ConfigurationTest.class.getResourceAsStream(resource), resource + " is not in the bundle")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
