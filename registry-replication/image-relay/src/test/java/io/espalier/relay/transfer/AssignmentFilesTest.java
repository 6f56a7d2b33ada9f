package io.espalier.relay.transfer;

import static io.espalier.relay.transfer.TestCluster.striped;
import static io.espalier.relay.transfer.TestCluster.transfer;
import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.relay.protocol.MasterMessage.Assign;
import io.espalier.testkit.registry.SampleImages;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AssignmentFilesTest {
    @TempDir
    private Path folder;

    private static Assign assign(String id) {
        return new Assign(transfer(id, "app", SampleImages.oci(1, 1_000)), striped("a b", "b a"));
    }

    @Test
    void aRouteOfSeveralStripesIsKept() throws Exception {
        AssignmentFiles files = new AssignmentFiles(folder);
        files.save(assign("t1"));
        assertThat(new AssignmentFiles(folder).load()).singleElement().satisfies(loaded -> assertThat(loaded.route())
                .isEqualTo(assign("t1").route()));
    }

    @Test
    void oneOfAReleaseWithoutStripesIsLeftOutAndTheOthersStay() throws Exception {
        AssignmentFiles files = new AssignmentFiles(folder);
        files.save(assign("old"));
        Path old;
        try (var all = Files.list(folder)) {
            old = all.findFirst().orElseThrow();
        }
        String text = Files.readString(old);
        Files.writeString(
                old,
                text.substring(0, text.indexOf("\"route\":"))
                        + "\"route\":{\"sources\":[{\"node\":\"a\",\"host\":\"localhost\",\"port\":8490}],"
                        + "\"expectedBytesPerSecond\":5}}");
        files.save(assign("t1"));

        assertThat(files.load())
                .singleElement()
                .satisfies(loaded -> assertThat(loaded.transfer().id()).isEqualTo("t1"));
        assertThat(old).doesNotExist();
    }
}
