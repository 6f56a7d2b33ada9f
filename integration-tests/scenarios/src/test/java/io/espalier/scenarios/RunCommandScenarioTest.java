package io.espalier.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.testkit.process.ChildProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command a newcomer types first. */
@Tag("scenario")
class RunCommandScenarioTest {
    @TempDir
    private Path folder;

    @Test
    void runForSomeTimeEndsWithItsVerdictAndLosesNothing() throws Exception {
        LogWriter first = new LogWriter(folder.resolve("logs/a.log"));
        LogWriter second = new LogWriter(folder.resolve("logs/deep/b.log"));
        first.write(3_000);
        second.write(2_000);
        Path home = Files.createDirectory(folder.resolve("espalier"));
        try (Installation installation =
                        Installation.create(home, "host.log.{file}=" + folder.resolve("logs") + "/**/*.log");
                ChildProcess run = installation.espalier("run", "--for", "8s").start()) {
            assertThat(run.awaitExit(Duration.ofMinutes(2)))
                    .as("exit code of %s", String.join("\n", run.output()))
                    .isZero();

            List<String> output = run.output();
            Matcher verdict = Verdict.parse(output.get(output.size() - 1));
            assertThat(verdict.group("streams")).isEqualTo("2");
            assertThat(verdict.group("read")).isEqualTo("5000");
            assertThat(verdict.group("written")).isEqualTo("5000");
            assertThat(verdict.group("lost")).isEqualTo("0");
            assertThat(verdict.group("duplicates")).isEqualTo("0");
            assertThat(String.join("\n", output)).contains("/v1/streams", "ready after", "host.log.a", "host.log.b");
        }
    }

    @Test
    void nothingRunsOnAfterATermSignal() throws Exception {
        Path home = Files.createDirectory(folder.resolve("espalier"));
        try (Installation installation = Installation.create(home);
                ChildProcess run = installation.espalier("run").start()) {
            run.awaitLine("ready after", Installation.START_LIMIT);
            List<ProcessHandle> children =
                    ProcessHandle.of(run.pid()).orElseThrow().descendants().toList();
            assertThat(children).as("the broker's process").isNotEmpty();

            run.term();

            run.awaitExit(Duration.ofSeconds(40));
            assertThat(children).noneMatch(ProcessHandle::isAlive);
        }
    }
}
