package io.espalier.kernel.felix.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LastGoodFilesTest {
    private static final ConfigurationName STORE = ConfigurationName.parse("acme.store");

    @TempDir
    private Path home;

    @Test
    void triesATextThatCannotBeWrittenOnce() throws IOException {
        Path inTheWay = Files.writeString(home.resolve("data"), "");
        LastGoodFiles files = new LastGoodFiles(inTheWay.resolve("last-good"));
        files.keep(STORE, "{\"host\": \"a\"}");
        Files.delete(inTheWay);

        files.keep(STORE, "{\"host\": \"a\"}");
        assertThat(inTheWay).as("a second try of the same").doesNotExist();

        files.keep(STORE, "{\"host\": \"b\"}");
        assertThat(files.find(STORE)).hasValue("{\"host\": \"b\"}");
    }
}
