package io.espalier.collector;

import static io.espalier.collector.rig.LogFiles.append;
import static io.espalier.collector.rig.LogFiles.appendText;
import static io.espalier.collector.rig.LogFiles.lines;
import static java.nio.file.StandardOpenOption.APPEND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.espalier.collector.rig.CollectorRig;
import io.espalier.collector.rig.GatewayDouble;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContentTest {
    private static final String STREAM = "demo.app.log";

    @TempDir
    Path folder;

    private final GatewayDouble gateway = new GatewayDouble();
    private Path logs;
    private Path log;

    @BeforeEach
    void start() throws IOException {
        logs = Files.createDirectory(folder.resolve("logs"));
        log = logs.resolve("app.log");
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    private CollectorRig.Wishes rig() {
        return CollectorRig.on(gateway.uri(), folder.resolve("data"), STREAM + "=" + logs + "/**/*.log");
    }

    private void awaitLines(List<String> expected) {
        await("all lines at the gateway")
                .untilAsserted(() -> assertThat(gateway.lines(STREAM)).isEqualTo(expected));
        assertThat(gateway.duplicates()).isZero();
    }

    @Test
    void holdsBackLineUntilItsNewlineIsWritten() throws Exception {
        try (CollectorRig rig = rig().start()) {
            appendText(log, "first\nsec");
            awaitLines(List.of("first"));
            appendText(log, "ond\n");
            awaitLines(List.of("first", "second"));
            assertThat(rig.collector().streams().get(0).parts()).isZero();
        }
    }

    @Test
    void putsTogetherLineWrittenIn4KilobytePieces() throws Exception {
        String piece = "p".repeat(4096);
        try (CollectorRig rig = rig().start()) {
            appendText(log, "start\n");
            awaitLines(List.of("start"));
            for (int i = 0; i < 60; i++) {
                appendText(log, piece);
            }
            appendText(log, "\nend\n");
            awaitLines(List.of("start", piece.repeat(60), "end"));
            assertThat(rig.collector().streams().get(0).parts()).isZero();
        }
    }

    @Test
    void cutsTenMegabyteLineIntoCountedParts() throws Exception {
        int limit = 256 * 1024;
        String line = "0123456789".repeat(1024 * 1024);
        appendText(log, "before\n" + line + "\nafter\n");
        try (CollectorRig rig = rig().maxRecordBytes(limit).start()) {
            List<String> expected = new ArrayList<>(List.of("before"));
            for (int at = 0; at < line.length(); at += limit) {
                expected.add(line.substring(at, Math.min(line.length(), at + limit)));
            }
            expected.add("after");
            awaitLines(expected);
            assertThat(rig.collector().streams().get(0).parts()).isEqualTo(expected.size() - 3);
        }
    }

    @Test
    void keepsBytesCarriageReturnsAndEmptyLines() throws Exception {
        byte[] noise = new byte[200_000];
        new Random(7).nextBytes(noise);
        Files.write(log, "\r\n\n\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        Files.write(log, noise, APPEND);
        Files.write(log, new byte[] {'\n'}, APPEND);
        try (CollectorRig rig = rig().start()) {
            byte[] written = Files.readAllBytes(log);
            await("every byte at the gateway").untilAsserted(() -> {
                ByteArrayOutputStream read = new ByteArrayOutputStream();
                for (byte[] payload : gateway.payloads(STREAM)) {
                    read.writeBytes(payload);
                    read.write('\n');
                }
                assertThat(read.toByteArray()).isEqualTo(written);
            });
            assertThat(rig.collector().streams().get(0).parts()).isZero();
        }
    }

    @Test
    void readsFileWithTwoNamesOnce() throws Exception {
        append(log, lines("once", 0, 50));
        Files.createSymbolicLink(logs.resolve("alias.log"), log);
        Files.createLink(logs.resolve("second.log"), log);
        Files.createSymbolicLink(logs.resolve("dangling.log"), logs.resolve("nothing"));
        try (CollectorRig rig = rig().start()) {
            awaitLines(lines("once", 0, 50));
            append(logs.resolve("marker.log"), lines("marker", 0, 1));
            await("a later search").until(() -> gateway.lines(STREAM).contains("marker 0"));
            assertThat(gateway.lines(STREAM)).hasSize(51);
            assertThat(rig.collector().sources()).hasSize(2);
        }
    }

    @Test
    void followsLinkToItsNextFile() throws Exception {
        Path first = Files.createDirectory(folder.resolve("real")).resolve("first.txt");
        Path second = first.resolveSibling("second.txt");
        append(first, lines("first", 0, 10));
        append(second, lines("second", 0, 10));
        Files.createSymbolicLink(log, first);
        try (CollectorRig rig = rig().start()) {
            awaitLines(lines("first", 0, 10));
            Path swap = logs.resolve("swap");
            Files.createSymbolicLink(swap, second);
            Files.move(swap, log, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
            List<String> all = new ArrayList<>(lines("first", 0, 10));
            all.addAll(lines("second", 0, 10));
            awaitLines(all);
            assertThat(rig.collector().sources()).hasSize(2);
        }
    }

    @Test
    void reads200FilesInFoldersOfAnyDepth() throws Exception {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            Path deep = Files.createDirectories(logs.resolve(i % 3 == 0 ? "." : "a/" + i % 7));
            append(deep.resolve("f" + i + ".log"), lines("f" + i, 0, 50));
            all.addAll(lines("f" + i, 0, 50));
        }
        try (CollectorRig rig = rig().start()) {
            await("all files")
                    .untilAsserted(() -> assertThat(gateway.lines(STREAM)).hasSize(all.size()));
            assertThat(gateway.lines(STREAM)).containsExactlyInAnyOrderElementsOf(all);
            assertThat(gateway.duplicates()).isZero();
            assertThat(rig.collector().sources()).hasSize(200);
        }
    }

    @Test
    void passesOverUnreadableFileUntilItCanBeRead() throws Exception {
        // A file that not even root may open for reading.
        Path closed = Path.of("/proc/sys/vm/compact_memory");
        org.junit.jupiter.api.Assumptions.assumeTrue(Files.exists(closed), "needs Linux with " + closed);
        Files.createSymbolicLink(log, closed);
        append(logs.resolve("other.log"), lines("other", 0, 5));
        try (CollectorRig rig = rig().start()) {
            awaitLines(lines("other", 0, 5));
            assertThat(rig.collector().sources()).hasSize(1);
            Files.delete(log);
            append(log, lines("open", 0, 5));
            await("the file that was closed").until(() -> gateway.lines(STREAM).contains("open 4"));
        }
    }

    @Test
    void makesOneStreamForEachFileName() throws Exception {
        append(log, lines("app", 0, 5));
        append(logs.resolve("Xorg.0.log"), lines("x", 0, 5));
        append(Files.createDirectory(logs.resolve("nginx")).resolve("access.log"), lines("nginx", 0, 5));
        append(Files.createDirectory(logs.resolve("apache")).resolve("access.log"), lines("apache", 0, 5));
        try (CollectorRig rig = CollectorRig.on(
                        gateway.uri(), folder.resolve("data"), "host.log.{file}=" + logs + "/**/*.log")
                .start()) {
            await("three streams").untilAsserted(() -> {
                assertThat(gateway.lines("host.log.app")).hasSize(5);
                assertThat(gateway.lines("host.log.xorg-0")).hasSize(5);
                assertThat(gateway.lines("host.log.access")).hasSize(10);
            });
            assertThat(rig.collector().counts()).hasSize(3);
        }
    }

    @Test
    void collectsNoMoreStreamsThanAllowed() throws Exception {
        for (int i = 0; i < 5; i++) {
            append(logs.resolve("s" + i + ".log"), lines("s" + i, 0, 5));
        }
        try (CollectorRig rig = CollectorRig.on(
                        gateway.uri(), folder.resolve("data"), "host.log.{file}=" + logs + "/*.log")
                .atMostStreams(2)
                .start()) {
            await("two streams")
                    .until(() -> gateway.lines("host.log.s0").size() == 5
                            && gateway.lines("host.log.s1").size() == 5);
            assertThat(rig.collector().counts()).hasSize(2);
        }
    }
}
