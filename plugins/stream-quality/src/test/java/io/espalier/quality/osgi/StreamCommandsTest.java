package io.espalier.quality.osgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class StreamCommandsTest {
    private final StreamCommands commands = new StreamCommands();

    @Test
    void saysWhichPartIsMissingInsteadOfFinishing() {
        assertThatThrownBy(commands::finish)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no active collector");
    }

    @Test
    void refusesArgumentsItDoesNotKnow() {
        assertThatThrownBy(() -> commands.finish("--limt", "10s"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--limit 10s");
    }

    @Test
    void showsAnEmptyTableWithoutStages() {
        assertThat(commands.top()).startsWith("STREAM");
    }
}
