package io.espalier.kernel.launcher.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.status.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogbackLogTest {
    @TempDir
    private Path folder;

    private final LoggerContext context = new LoggerContext();
    private LogbackLog log;

    @BeforeEach
    void start() {
        context.setMDCAdapter(new LogbackMDCAdapter());
        log = LogbackLog.start(context, folder, Level.OFF);
    }

    @AfterEach
    void stop() {
        context.stop();
        assertThat(context.getStatusManager().getCopyOfStatusList())
                .allMatch(
                        status -> status.getLevel() == Status.INFO, "nothing worse than information about the set-up");
    }

    @Test
    void writesEventsToTheFileWithTheNameOfThePlugin() {
        log.namePluginsBy(fallback -> "io.acme.plugin");

        context.getLogger("io.acme.Thing").info("it happened");

        assertThat(log.tail(1))
                .singleElement()
                .asString()
                .contains("INFO", "[io.acme.plugin]", "io.acme.Thing - it happened");
    }

    @Test
    void namesTheKernelUntilSomebodyKnowsBetter() {
        context.getLogger("x").warn("early");

        assertThat(log.tail(1)).singleElement().asString().contains("[kernel]");
    }

    @Test
    void changesALevelAtOnce() {
        context.getLogger("io.acme").debug("unseen");
        log.setLevel("io.acme", "debug");
        context.getLogger("io.acme").debug("seen");

        assertThat(log.tail(10)).singleElement().asString().endsWith("seen");
        assertThat(log.levels()).containsEntry("io.acme", "DEBUG").containsEntry("ROOT", "INFO");
    }

    @Test
    void refusesAnUnknownLevelWithTheKnownOnes() {
        assertThatThrownBy(() -> log.setLevel("io.acme", "LOUD"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("LOUD")
                .hasMessageContaining("ERROR, WARN, INFO, DEBUG or TRACE");
    }

    @Test
    void readsLevelsAndLeavesOutALineThatIsWrong() throws IOException {
        Path levels = Files.writeString(folder.resolve("levels"), "io.acme=WARN\nio.silent=OFF\nio.other=LOUD\n");

        log.readLevels(levels);

        assertThat(log.levels())
                .containsEntry("io.acme", "WARN")
                .containsEntry("io.silent", "OFF")
                .doesNotContainKey("io.other");
        assertThat(log.tail(1)).singleElement().asString().contains("io.other", "LOUD", "left out");
    }

    @Test
    void keepsItsLevelsWhenThereIsNoFile() {
        log.readLevels(folder.resolve("none"));

        assertThat(log.levels()).containsOnlyKeys("ROOT");
    }

    @Test
    void refusesToShowNoOrTooManyLines() {
        assertThatThrownBy(() -> log.tail(0)).hasMessageContaining("1 to 10000");
        assertThatThrownBy(() -> log.tail(10_001)).hasMessageContaining("1 to 10000");
    }
}
