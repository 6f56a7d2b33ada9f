package io.espalier.kernel.felix.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

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

class EnvironmentVariablesTest {
    private static final ConfigSchema SCHEMA = ConfigSchema.of(
            ConfigKey.optional("port", ConfigType.INTEGER, ""), ConfigKey.optional("password", ConfigType.SECRET, ""));

    @TempDir
    private Path folder;

    private ConfigurationFiles files(Map<String, String> variables) {
        Schemas schemas = new Schemas(() -> null);
        schemas.add("acme.store", SCHEMA);
        ConfigurationFiles files = new ConfigurationFiles(
                new ConfigurationFolders(folder, Optional.empty()),
                folder.resolve("last-good"),
                schemas,
                new EnvironmentOverrides(variables));
        files.readAll();
        return files;
    }

    @Test
    void variableTakesEffectWithoutAFile() throws IOException {
        ConfigurationFiles files = files(Map.of("ESPALIER_ACME_STORE__PORT", "7"));
        assertThat(files.list()).singleElement().satisfies(one -> assertThat(one.values())
                .containsEntry("port", 7));

        Path file = folder.resolve("acme.store.json");
        Files.writeString(file, "{\"port\": 1, \"password\": \"x\"}");
        files.readAll();
        assertThat(files.list().get(0).values()).containsEntry("port", 7).containsKey("password");

        Files.delete(file);
        files.readAll();
        assertThat(files.list().get(0).values()).containsEntry("port", 7).doesNotContainKey("password");
    }

    @Test
    void valueOfAVariableIsNeverWrittenIntoTheFile() {
        ConfigurationFiles files = files(Map.of("ESPALIER_ACME_STORE__PASSWORD", "geheim"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> files.set("acme.store", "password", "other"))
                .withMessageContaining("ESPALIER_ACME_STORE__PASSWORD")
                .withMessageNotContaining("geheim");
        assertThat(folder.resolve("acme.store.json")).doesNotExist();
    }

    @Test
    void variableThatFitsNoConfigurationIsNamedWithWhatMayBeMeant() {
        Map<String, String> variables =
                Map.of("ESPALIER_ACME_STOER__PORT", "7", "ESPALIER_ACME_STORE__PORT", "7", "ESPALIER_DATA", "/x");
        assertThat(files(variables).strangers())
                .containsExactly(
                        "The environment variable ESPALIER_ACME_STOER__PORT fits no configuration; did you mean"
                                + " 'acme.store'?");
    }
}
