package io.espalier.collector;

import static io.espalier.collector.rig.LogFiles.append;
import static io.espalier.collector.rig.LogFiles.lines;
import static io.espalier.collector.rig.LogFiles.rotate;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.espalier.collector.checkpoint.Checkpoint;
import io.espalier.collector.checkpoint.CheckpointStore;
import io.espalier.collector.checkpoint.SourceState;
import io.espalier.collector.file.FileIdentity;
import io.espalier.collector.file.Fingerprint;
import io.espalier.collector.json.JsonCheckpointStore;
import io.espalier.collector.rig.CollectorRig;
import io.espalier.collector.rig.GatewayDouble;
import io.espalier.collector.rig.GatewayDouble.Answer;
import io.espalier.collector.settings.StartAt;
import io.espalier.stream.id.StreamId;
import io.espalier.stream.record.SourcePosition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestartTest {
    private static final String STREAM = "demo.app.log";

    private final GatewayDouble gateway = new GatewayDouble();
    private Path folder;
    private Path log;
    private Path data;

    @BeforeEach
    void start(@TempDir Path temp) throws IOException {
        folder = temp;
        data = folder.resolve("data");
        log = Files.createDirectory(folder.resolve("logs")).resolve("app.log");
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    private CollectorRig.Wishes rig() {
        return CollectorRig.on(gateway.uri(), data, STREAM + "=" + log);
    }

    private void awaitLines(List<String> expected) {
        await("all lines at the gateway")
                .untilAsserted(() -> assertThat(gateway.lines(STREAM)).isEqualTo(expected));
    }

    private void collect(List<String> expected) {
        try (CollectorRig rig = rig().start()) {
            awaitLines(expected);
            await("the account").until(() -> rig.collector().sources().stream()
                    .allMatch(source -> source.acknowledgedSeq() == source.nextSeq()));
        }
    }

    @Test
    void goesOnAtTheNextLineUnderTheSameIdentity() throws Exception {
        append(log, lines("x", 0, 100));
        collect(lines("x", 0, 100));
        append(log, lines("x", 100, 150));
        collect(lines("x", 0, 150));
        assertThat(gateway.duplicates()).isZero();
        assertThat(gateway.positions(STREAM).stream().map(SourcePosition::epoch).distinct())
                .hasSize(1);
        assertThat(gateway.positions(STREAM).stream()
                        .mapToLong(SourcePosition::seq)
                        .max())
                .hasValue(149);
    }

    @Test
    void findsRotatedFilesAgainAfterARestart() throws Exception {
        append(log, lines("a", 0, 100));
        collect(lines("a", 0, 100));
        append(log, lines("a", 100, 110));
        rotate(log);
        append(log, lines("b", 0, 20));
        rotate(log);
        append(log, lines("c", 0, 20));
        List<String> all = new ArrayList<>(lines("a", 0, 110));
        all.addAll(lines("b", 0, 20));
        all.addAll(lines("c", 0, 20));
        collect(all);
        assertThat(gateway.duplicates()).isZero();
    }

    @Test
    void noticesTruncationWhileItWasStopped() throws Exception {
        append(log, lines("before", 0, 100));
        collect(lines("before", 0, 100));
        Files.write(log, new byte[0]);
        append(log, lines("after", 0, 10));
        List<String> all = new ArrayList<>(lines("before", 0, 100));
        all.addAll(lines("after", 0, 10));
        collect(all);
    }

    @Test
    void takesFileWithAKnownInodeButOtherContentForANewOne() throws Exception {
        append(log, lines("second", 0, 30));
        SourceState first = new SourceState(
                0, log, FileIdentity.of(log), Fingerprint.of("first 0\nfirst 1\n".getBytes(US_ASCII)), 16, 2, false);
        new JsonCheckpointStore(data.resolve("checkpoints"))
                .save(StreamId.parse(STREAM), new Checkpoint(1, 1, System.currentTimeMillis(), List.of(first)));
        collect(lines("second", 0, 30));
        assertThat(gateway.positions(STREAM))
                .allMatch(position -> position.agent().equals("agent/1"));
    }

    @Test
    void startsAtTheEndOnlyInFilesThatWereThereFirst() throws Exception {
        append(log, lines("old", 0, 100));
        try (CollectorRig rig = CollectorRig.on(gateway.uri(), data, STREAM + "=" + log.getParent() + "/*.log")
                .startAt(StartAt.END)
                .start()) {
            await("the first search").until(() -> rig.collector().sources().size() == 1);
            append(log, lines("new", 0, 5));
            awaitLines(lines("new", 0, 5));
            append(log.resolveSibling("later.log"), lines("later", 0, 5));
            List<String> all = new ArrayList<>(lines("new", 0, 5));
            all.addAll(lines("later", 0, 5));
            awaitLines(all);
        }
    }

    @Test
    void setsDamagedCheckpointAsideAndStartsAsConfiguredUnderANewEpoch() throws Exception {
        append(log, lines("x", 0, 10));
        collect(lines("x", 0, 10));
        Path file = data.resolve("checkpoints/" + STREAM + ".json");
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length / 2));
        try (CollectorRig rig = rig().start()) {
            await("all lines once more").until(() -> gateway.positions(STREAM).size() == 20);
            assertThat(rig.collector().sources()).hasSize(1);
        }
        assertThat(gateway.positions(STREAM).stream().map(SourcePosition::epoch).distinct())
                .hasSize(2);
        try (Stream<Path> files = Files.list(data.resolve("checkpoints"))) {
            assertThat(files.map(path -> path.getFileName().toString())).anyMatch(name -> name.contains(".corrupt-"));
        }
    }

    @Test
    void readsOnWhileNoCheckpointCanBeSaved() throws Exception {
        // A file stands where the folder should be, which stops even root.
        Files.createDirectories(data);
        Files.writeString(data.resolve("checkpoints"), "in the way");
        append(log, lines("x", 0, 100));
        try (CollectorRig rig = rig().start()) {
            awaitLines(lines("x", 0, 100));
            rotate(log);
            append(log, lines("y", 0, 100));
            List<String> all = new ArrayList<>(lines("x", 0, 100));
            all.addAll(lines("y", 0, 100));
            await("both files")
                    .untilAsserted(() -> assertThat(gateway.lines(STREAM)).containsExactlyInAnyOrderElementsOf(all));
            Files.delete(data.resolve("checkpoints"));
            await("a checkpoint").until(() -> Files.exists(data.resolve("checkpoints/" + STREAM + ".json")));
            assertThat(rig.collector().sources()).hasSize(2);
        }
        long sent = gateway.records();
        append(log, lines("y", 100, 110));
        try (CollectorRig rig = rig().start()) {
            await("the new lines only").until(() -> gateway.records() == sent + 10);
            assertThat(rig.collector().sources()).hasSize(2);
        }
    }

    /** A store on a disk that is full from time to time. */
    private static final class FullDisk implements CheckpointStore {
        private final CheckpointStore store;
        private final AtomicBoolean full = new AtomicBoolean();

        FullDisk(CheckpointStore store) {
            this.store = store;
        }

        @Override
        public List<StreamId> streams() {
            return store.streams();
        }

        @Override
        public Optional<Checkpoint> load(StreamId stream) throws IOException {
            return store.load(stream);
        }

        @Override
        public void save(StreamId stream, Checkpoint checkpoint) throws IOException {
            if (full.get()) {
                throw new IOException("No space left on device");
            }
            store.save(stream, checkpoint);
        }
    }

    @Test
    void givesSourcesFoundOnAFullDiskNumbersThatNoOtherWillGet() throws Exception {
        FullDisk disk = new FullDisk(new JsonCheckpointStore(data.resolve("checkpoints")));
        append(log, lines("a", 0, 10));
        CollectorRig.Wishes wishes = CollectorRig.on(gateway.uri(), data, STREAM + "=" + log.getParent() + "/*.log")
                .with(disk);
        try (CollectorRig rig = wishes.start()) {
            awaitLines(lines("a", 0, 10));
            await("acknowledged").until(() -> rig.collector().sources().get(0).acknowledgedSeq() == 10);
            disk.full.set(true);
            append(log.resolveSibling("b.log"), lines("b", 0, 10));
            await("b").until(() -> gateway.lines(STREAM).contains("b 9"));
        }
        // As after a crash, the store knows nothing of b; another file must not get its number.
        disk.full.set(false);
        Files.delete(log.resolveSibling("b.log"));
        append(log.resolveSibling("c.log"), lines("c", 0, 10));
        try (CollectorRig rig = wishes.start()) {
            await("c").until(() -> gateway.lines(STREAM).contains("c 9"));
            assertThat(gateway.positions(STREAM)).hasSize(30);
            assertThat(rig.collector().sources()).hasSize(2);
        }
    }

    @Test
    void sendsUnacknowledgedRecordsAgainAfterARestart() throws Exception {
        gateway.behave(report -> Answer.STORE_AND_CUT);
        append(log, lines("x", 0, 10));
        try (CollectorRig rig = rig().start()) {
            await("stored, but not acknowledged")
                    .until(() -> gateway.lines(STREAM).size() == 10);
            assertThat(rig.collector().sources().get(0).acknowledgedSeq()).isZero();
        }
        gateway.behave(report -> Answer.STORE);
        collect(lines("x", 0, 10));
        assertThat(gateway.duplicates()).isGreaterThanOrEqualTo(10);
    }
}
