package io.espalier.collector;

import static io.espalier.collector.rig.LogFiles.append;
import static io.espalier.collector.rig.LogFiles.lines;
import static io.espalier.collector.rig.LogFiles.rotate;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.espalier.collector.rig.CollectorProgram;
import io.espalier.collector.rig.CollectorRig;
import io.espalier.collector.rig.GatewayDouble;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KillTest {
    private static final String STREAM = "demo.app.log";
    private static final int KILLS = 5;

    private final GatewayDouble gateway = new GatewayDouble();

    @AfterEach
    void stop() {
        gateway.close();
    }

    private Process startProgram(Path folder, Path log) throws IOException {
        return new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-Xmx64m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CollectorProgram.class.getName(),
                        gateway.uri().toString(),
                        folder.resolve("data").toString(),
                        STREAM + "=" + log)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("program.log").toFile()))
                .start();
    }

    @Test
    void losesNothingWhenKilledWhileTheLogIsWrittenAndRotated(@TempDir Path folder) throws Exception {
        Path log = Files.createDirectory(folder.resolve("logs")).resolve("app.log");
        List<String> written = Collections.synchronizedList(new ArrayList<>());
        AtomicBoolean writing = new AtomicBoolean(true);
        append(log, List.of("first"));
        written.add("first");
        Thread writer = new Thread(() -> write(log, written, writing), "test-writer");
        for (int i = 0; i < KILLS; i++) {
            Process program = startProgram(folder, log);
            try {
                if (i == 0) {
                    // A file that is rotated before the collector was ever there is not its business.
                    await("the first line").atMost(Duration.ofSeconds(20)).until(() -> gateway.records() > 0);
                    writer.start();
                }
                long before = gateway.records();
                await("records of run " + i)
                        .atMost(Duration.ofSeconds(20))
                        .pollInterval(Duration.ofMillis(3))
                        .until(() -> gateway.records() > before + 300);
            } finally {
                program.destroyForcibly();
            }
            assertThat(program.waitFor(10, TimeUnit.SECONDS))
                    .as("the killed program ends")
                    .isTrue();
        }
        writing.set(false);
        writer.join(10_000);
        try (CollectorRig rig = CollectorRig.on(gateway.uri(), folder.resolve("data"), STREAM + "=" + log)
                .start()) {
            await("every line written").atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(missing(written))
                    .isEmpty());
            assertThat(gateway.lines(STREAM))
                    .as("each line once under one identity")
                    .containsExactlyInAnyOrderElementsOf(written);
            assertThat(rig.collector().streams()).hasSize(1);
        }
        assertThat(gateway.duplicates()).as("records sent twice").isLessThan(KILLS * 4000L);
        System.out.println("killed " + KILLS + " times: " + written.size() + " lines, " + gateway.duplicates()
                + " duplicates, 0 lost");
    }

    private List<String> missing(List<String> written) {
        Set<String> there = new HashSet<>(gateway.lines(STREAM));
        return written.stream().filter(line -> !there.contains(line)).toList();
    }

    /** Writes about 20 lines a millisecond, rotating every 5,000. */
    private static void write(Path log, List<String> written, AtomicBoolean writing) {
        try {
            for (int i = 0; writing.get(); i += 20) {
                List<String> lines = lines("line", i, i + 20);
                append(log, lines);
                written.addAll(lines);
                if (i % 5000 == 4980) {
                    rotate(log);
                }
                LockSupport.parkNanos(1_000_000);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
