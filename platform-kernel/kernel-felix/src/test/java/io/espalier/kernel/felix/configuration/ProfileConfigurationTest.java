package io.espalier.kernel.felix.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.kernel.config.ConfigKey;
import io.espalier.kernel.config.ConfigSchema;
import io.espalier.kernel.config.ConfigType;
import io.espalier.kernel.config.EnvironmentOverrides;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProfileConfigurationTest {
    private static final ConfigSchema SCHEMA = ConfigSchema.of(
            ConfigKey.optional("port", ConfigType.INTEGER, ""), ConfigKey.optional("host", ConfigType.STRING, ""));

    @TempDir
    private Path etc;

    @Test
    void profileBringsConfigurationThatTheOperatorsFileReplaces() throws IOException {
        Path brought = profileFile("{\"port\": 1, \"host\": \"a\"}");
        ConfigurationFiles files = files();
        assertThat(values(files)).containsEntry("port", 1).containsEntry("host", "a");

        Path own = Files.writeString(etc.resolve("acme.store.json"), "{\"port\": 2}");
        files.readAll();
        assertThat(values(files)).containsEntry("port", 2).doesNotContainKey("host");

        Files.delete(own);
        files.readAll();
        assertThat(values(files)).containsEntry("port", 1);

        Files.delete(brought);
        files.readAll();
        assertThat(files.list()).isEmpty();
    }

    @Test
    void settingOneKeyKeepsTheOthersOfTheProfileAndLeavesItsFileAlone() throws IOException {
        Path brought = profileFile("{\"port\": 1, \"host\": \"a\"}");
        ConfigurationFiles files = files();

        files.set("acme.store", "port", "3");

        assertThat(values(files)).containsEntry("port", 3).containsEntry("host", "a");
        assertThat(etc.resolve("acme.store.json")).exists();
        assertThat(brought).hasContent("{\"port\": 1, \"host\": \"a\"}");
    }

    private Path profileFile(String json) throws IOException {
        Path folder = Files.createDirectories(etc.resolve("profiles/night"));
        return Files.writeString(folder.resolve("acme.store.json"), json);
    }

    private ConfigurationFiles files() {
        Schemas schemas = new Schemas(() -> null);
        schemas.add("acme.store", SCHEMA);
        ConfigurationFolders folders = ConfigurationFolders.of(etc, Optional.of(etc.resolve("profiles/night.json")));
        ConfigurationFiles files =
                new ConfigurationFiles(folders, etc.resolve("last-good"), schemas, new EnvironmentOverrides(Map.of()));
        files.readAll();
        return files;
    }

    private static Map<String, Object> values(ConfigurationFiles files) {
        return files.list().get(0).values();
    }
}
