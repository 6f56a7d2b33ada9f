package io.espalier.file.roll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartFolderTest {
    @TempDir
    Path folder;

    @Test
    void readsThePositionOfEachPartitionFromTheNames() throws IOException {
        visible(0, 0, 9);
        visible(0, 10, 10);
        visible(3, 500, 999);

        PartFolder.Recovered recovered = PartFolder.open(folder).recover();

        assertThat(recovered.positions()).containsOnly(next(0, 11), next(3, 1000));
        assertThat(recovered.findings()).isEmpty();
    }

    @Test
    void deletesWhatIsInFlightAndLeavesForeignFilesAlone() throws IOException {
        Files.writeString(folder.resolve(PartName.inFlight(0, 12)), "{\"half");
        Files.writeString(folder.resolve("notes.txt"), "mine");
        Files.writeString(folder.resolve("part-0-1-2.jsonl"), "not our digits");

        PartFolder.Recovered recovered = PartFolder.open(folder).recover();

        assertThat(recovered.positions()).isEmpty();
        assertThat(names(folder)).containsExactly("notes.txt", "part-0-1-2.jsonl");
    }

    @Test
    void reportsGapsAndOverlapsInTheNames() throws IOException {
        visible(0, 0, 9);
        visible(0, 15, 20);
        visible(0, 18, 30);

        PartFolder.Recovered recovered = PartFolder.open(folder).recover();

        assertThat(recovered.positions()).containsOnly(next(0, 31));
        assertThat(recovered.findings())
                .anySatisfy(finding -> assertThat(finding).startsWith("offsets 10 to 14 of partition 0 are in no file"))
                .anySatisfy(finding -> assertThat(finding).startsWith("offsets 18 to 20 of partition 0 are in part-"));
    }

    @Test
    void goesOnInASubfolderForATopicThatWasCreatedAnewAndFindsItAgain() throws IOException {
        visible(0, 0, 9);
        PartFolder parts = PartFolder.open(folder);

        parts.startNewTopic();

        assertThat(parts.recover().positions()).isEmpty();
        assertThat(PartFolder.open(folder).current()).isEqualTo(folder.resolve("topic-2"));
    }

    @Test
    void fileIsHiddenUntilPublishedAndThenNamedAfterItsOffsets() throws IOException {
        OpenPart part = new OpenPart(folder, 2, 40, ByteBuffer.allocate(16), 0);
        part.ascii("a line longer than the buffer\n");
        part.endBatch(1, 43);
        assertThat(names(folder)).containsExactly(".part-2-00000000000000000040.jsonl.inflight");

        PartName name = part.publish();

        assertThat(name).isEqualTo(new PartName(2, 40, 42));
        assertThat(names(folder)).containsExactly("part-2-00000000000000000040-00000000000000000042.jsonl");
        assertThat(folder.resolve(name.toString())).hasContent("a line longer than the buffer\n");
    }

    @Test
    void publishingCutsOffABatchThatWasNotEnded() throws IOException {
        OpenPart part = new OpenPart(folder, 0, 0, ByteBuffer.allocate(8), 0);
        part.ascii("good\n");
        part.endBatch(1, 1);
        part.ascii("this batch failed in the middle");

        PartName name = part.publish();

        assertThat(name).isEqualTo(new PartName(0, 0, 0));
        assertThat(folder.resolve(name.toString())).hasContent("good\n");
    }

    @Test
    void neverReplacesAVisibleFile() throws IOException {
        visible(0, 0, 0);
        OpenPart part = new OpenPart(folder, 0, 0, ByteBuffer.allocate(8), 0);
        part.ascii("other\n");
        part.endBatch(1, 1);

        assertThatThrownBy(part::publish).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(part.discard()).isEqualTo(1);
        assertThat(names(folder)).hasSize(1);
    }

    private void visible(int partition, long first, long last) throws IOException {
        Files.writeString(folder.resolve(new PartName(partition, first, last).toString()), "{}\n");
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static Map.Entry<Integer, Long> next(int partition, long offset) {
        return Map.entry(partition, offset);
    }
}
