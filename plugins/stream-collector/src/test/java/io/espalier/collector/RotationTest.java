package io.espalier.collector;

import static io.espalier.collector.rig.LogFiles.append;
import static io.espalier.collector.rig.LogFiles.appendText;
import static io.espalier.collector.rig.LogFiles.lines;
import static io.espalier.collector.rig.LogFiles.rotate;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.espalier.collector.rig.CollectorRig;
import io.espalier.collector.rig.GatewayDouble;
import io.espalier.collector.rig.GatewayDouble.Answer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RotationTest {
    private static final String STREAM = "demo.app.log";

    private final GatewayDouble gateway = new GatewayDouble();
    private Path folder;
    private Path log;
    private CollectorRig rig;

    @BeforeEach
    void start(@TempDir Path temp) throws IOException {
        folder = temp;
        Path logs = Files.createDirectory(folder.resolve("logs"));
        log = logs.resolve("app.log");
        rig = CollectorRig.on(gateway.uri(), folder.resolve("data"), STREAM + "=" + logs + "/*.log")
                .start();
    }

    @AfterEach
    void stop() throws Exception {
        rig.close();
        gateway.close();
    }

    private void awaitLines(List<String> expected) {
        await("all lines at the gateway")
                .untilAsserted(() -> assertThat(gateway.lines(STREAM)).isEqualTo(expected));
        assertThat(gateway.duplicates()).isZero();
    }

    private String firstState() {
        return rig.collector().streams().get(0).sources().get(0).state();
    }

    @Test
    void readsRenamedFileToItsEndAndThenTheNext() throws Exception {
        append(log, lines("old", 0, 500));
        awaitLines(lines("old", 0, 500));
        rotate(log);
        append(log.resolveSibling("app.log.1"), lines("old", 500, 700));
        append(log, lines("new", 0, 100));
        List<String> all = new ArrayList<>(lines("old", 0, 700));
        all.addAll(lines("new", 0, 100));
        awaitLines(all);
    }

    @Test
    void readsLateLinesOfARenamedFileDuringTheGrace() throws Exception {
        rig.close();
        rig = CollectorRig.on(gateway.uri(), folder.resolve("data"), STREAM + "=" + log)
                .grace(Duration.ofMinutes(5))
                .start();
        append(log, lines("old", 0, 5));
        awaitLines(lines("old", 0, 5));
        rotate(log);
        append(log, lines("new", 0, 5));
        await("the new file")
                .untilAsserted(() -> assertThat(gateway.lines(STREAM)).hasSize(10));
        append(log.resolveSibling("app.log.1"), lines("old", 5, 9));
        List<String> all = new ArrayList<>(lines("old", 0, 9));
        all.addAll(lines("new", 0, 5));
        awaitLines(all);
    }

    @Test
    void missesNothingWhenRotatedSeveralTimesWhileTheGatewayIsDown() throws Exception {
        append(log, lines("a", 0, 100));
        awaitLines(lines("a", 0, 100));
        gateway.behave(report -> Answer.UNAVAILABLE);
        List<String> all = new ArrayList<>(lines("a", 0, 100));
        for (String name : List.of("b", "c", "d", "e")) {
            append(log, lines(name, 0, 3000));
            all.addAll(lines(name, 0, 3000));
            rotate(log);
        }
        append(log, lines("f", 0, 10));
        all.addAll(lines("f", 0, 10));
        gateway.behave(report -> Answer.STORE);
        await("all lines at the gateway")
                .untilAsserted(() -> assertThat(gateway.lines(STREAM)).containsExactlyInAnyOrderElementsOf(all));
        assertThat(gateway.duplicates()).isZero();
    }

    @Test
    void drainsDeletedFile() throws Exception {
        gateway.behave(report -> Answer.PUSH_BACK);
        append(log, lines("gone", 0, 5000));
        await("the file is open").until(() -> gateway.requests() > 0);
        Files.delete(log);
        gateway.behave(report -> Answer.STORE);
        awaitLines(lines("gone", 0, 5000));
        await("the file is let go").until(() -> firstState().equals("finished"));
    }

    @Test
    void readsTruncatedFileAnewFromItsStart() throws Exception {
        append(log, lines("before", 0, 100));
        awaitLines(lines("before", 0, 100));
        Files.copy(log, log.resolveSibling("app.log.1"));
        try (FileChannel channel = FileChannel.open(log, WRITE, TRUNCATE_EXISTING)) {
            channel.force(false);
        }
        append(log, lines("after", 0, 30));
        List<String> all = new ArrayList<>(lines("before", 0, 100));
        all.addAll(lines("after", 0, 30));
        awaitLines(all);
    }

    @Test
    void noticesContentReplacedByAsManyBytes() throws Exception {
        append(log, lines("one", 0, 50));
        awaitLines(lines("one", 0, 50));
        String text = String.join("\n", lines("two", 0, 50)) + "\n";
        try (FileChannel channel = FileChannel.open(log, WRITE)) {
            channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
        }
        List<String> all = new ArrayList<>(lines("one", 0, 50));
        all.addAll(lines("two", 0, 50));
        awaitLines(all);
    }

    @Test
    void readsFileThatTookADeletedOnesInode() throws Exception {
        append(log, lines("first", 0, 20));
        awaitLines(lines("first", 0, 20));
        Object inode = Files.getAttribute(log, "unix:ino");
        Files.delete(log);
        await("the file is let go").until(() -> firstState().equals("finished"));
        Optional<Path> reused = fileWithInode(inode);
        Assumptions.assumeTrue(
                reused.isPresent(), "this file system does not use inodes again, so the case cannot occur");
        append(reused.get(), lines("second", 0, 30));
        Files.move(reused.get(), log);
        List<String> all = new ArrayList<>(lines("first", 0, 20));
        all.addAll(lines("second", 0, 30));
        awaitLines(all);
    }

    /** The file system gives a free inode to one of the next files. */
    private Optional<Path> fileWithInode(Object inode) throws IOException {
        for (int i = 0; i < 2000; i++) {
            Path next = Files.createFile(folder.resolve("candidate-" + i));
            if (Files.getAttribute(next, "unix:ino").equals(inode)) {
                return Optional.of(next);
            }
        }
        return Optional.empty();
    }

    @Test
    void takesUnfinishedLastLineOfAFileThatIsLetGo() throws Exception {
        append(log, lines("whole", 0, 3));
        appendText(log, "half");
        awaitLines(lines("whole", 0, 3));
        rotate(log);
        awaitLines(List.of("whole 0", "whole 1", "whole 2", "half"));
        await("the file is let go").until(() -> firstState().equals("finished"));
    }

    @Test
    void ignoresRenamedFileThatStillMatches() throws Exception {
        append(log, lines("x", 0, 10));
        awaitLines(lines("x", 0, 10));
        Files.move(log, log.resolveSibling("app-2026.log"));
        await("the file is let go").until(() -> firstState().equals("finished"));
        append(log, lines("y", 0, 10));
        List<String> all = new ArrayList<>(lines("x", 0, 10));
        all.addAll(lines("y", 0, 10));
        awaitLines(all);
        append(log.resolveSibling("app-2026.log"), lines("x", 10, 12));
        all.addAll(10, lines("x", 10, 12));
        awaitLines(all);
    }
}
