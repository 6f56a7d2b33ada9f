package io.espalier.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.testkit.kernel.KernelHome;
import io.espalier.testkit.process.ChildProcess;
import io.espalier.testkit.process.ProcessPlan;
import io.espalier.testkit.program.RequiresProgram;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Log files to written files through the whole platform, with the faults an operator meets. */
@Tag("scenario")
class StreamsScenarioTest {
    private static final Duration ARRIVAL = Duration.ofMinutes(1);
    private static final String STREAM = "host.log.app";

    @TempDir
    private Path folder;

    private Installation installation;
    private LogWriter log;

    @BeforeEach
    void install() throws IOException {
        Path home = folder.resolve("espalier");
        assertThat(home.toFile().mkdir()).isTrue();
        log = new LogWriter(folder.resolve("logs/app.log"));
        installation = Installation.create(home, STREAM + "=" + folder.resolve("logs") + "/*.log");
    }

    @AfterEach
    void stop() {
        installation.close();
    }

    @Test
    void everyLineArrivesOnceWithARotationInTheMiddle() throws IOException {
        installation.start("streams");
        log.write(2_000);
        log.rotate();
        log.write(2_000);
        log.rotate();
        log.write(1_000);

        awaitAllWritten();

        assertThat(WrittenLines.surplus(written())).isEmpty();
        assertThat(installation.exec("stream:top").text()).contains(STREAM);
    }

    @Test
    void nothingIsMissingAfterKillMinusNine() throws IOException {
        ChildProcess kernel = installation.start("streams");
        log.write(20_000);
        await("some lines are written", () -> !written().isEmpty());
        log.write(20_000);
        kernel.kill();
        log.write(500);
        log.rotate();
        log.write(500);

        installation.start("streams");
        log.write(1_000);

        awaitAllWritten();
        int duplicates = WrittenLines.surplus(written()).values().stream()
                .mapToInt(Integer::intValue)
                .sum();
        assertThat(duplicates)
                .as("lines sent again because the collector had not noted them")
                .isLessThan(20_000);
        Matcher verdict = verdict();
        assertThat(verdict.group("lost")).isEqualTo("0");
        assertThat(Integer.parseInt(verdict.group("duplicates")))
                .as("as counted by the product")
                .isEqualTo(duplicates);
    }

    @Test
    void aStoppedBrokerPushesBackAndLosesNothing() throws IOException {
        installation.start("streams");
        log.write(1_000);
        awaitAllWritten();
        long broker = brokerPid();

        signal(broker, "STOP");
        long stopped = System.nanoTime();
        try {
            Awaitility.await("twenty seconds with a stopped broker, more lines all the time")
                    .atMost(Duration.ofSeconds(40))
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> {
                        log.write(500);
                        assertThat(installation.status(installation.kernel("/health/live")))
                                .isEqualTo(200);
                        return System.nanoTime() - stopped
                                > Duration.ofSeconds(20).toNanos();
                    });
        } finally {
            signal(broker, "CONT");
        }

        awaitAllWritten();
        assertThat(verdict().group("lost")).isEqualTo("0");
    }

    @Test
    @RequiresProgram("kcat")
    void recordsInKafkaCarryTheirIdentityInHeaders() throws IOException {
        installation.start("streams");
        log.write(3);
        awaitAllWritten();

        ProcessPlan kcat = ProcessPlan.command(
                "kcat",
                "-C",
                "-b",
                "127.0.0.1:" + installation.kafkaPort(),
                "-t",
                STREAM,
                "-e",
                "-q",
                "-f",
                "%h %s\\n");
        try (ChildProcess reader = kcat.start()) {
            assertThat(reader.awaitExit(Duration.ofSeconds(30))).isZero();
            assertThat(reader.output()).hasSize(3).allSatisfy(line -> assertThat(line)
                    .contains("x-stream-id=" + STREAM, "x-agent=", "x-epoch=", "x-seq=", "x-ts="));
            assertThat(reader.output().get(2)).contains("x-seq=2", log.lines().get(2));
        }
    }

    private void awaitAllWritten() {
        await(
                "all " + log.lines().size() + " lines are in committed files",
                () -> written().keySet().containsAll(log.lines()));
    }

    private Map<String, Integer> written() {
        return WrittenLines.of(installation.files(), STREAM);
    }

    private static void await(String what, Supplier<Boolean> condition) {
        Awaitility.await(what)
                .atMost(ARRIVAL)
                .pollInterval(Duration.ofMillis(200))
                .until(condition::get);
    }

    private Matcher verdict() {
        KernelHome.Answer answer = installation.exec("stream:finish");
        return Verdict.parse(answer.text());
    }

    private long brokerPid() {
        String status = installation.exec("kafka:status").text();
        return Long.parseLong(status.replaceAll("(?s).*?pid[^0-9]*([0-9]+).*", "$1"));
    }

    private static void signal(long pid, String signal) {
        try (ChildProcess kill = ProcessPlan.command("/bin/sh", "-c", "kill -s " + signal + " " + pid)
                .start()) {
            assertThat(kill.awaitExit(Duration.ofSeconds(10))).isZero();
        }
    }
}
