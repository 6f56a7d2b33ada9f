package io.espalier.relay.transfer;

import static io.espalier.relay.transfer.TestCluster.APP;
import static io.espalier.relay.transfer.TestCluster.route;
import static io.espalier.relay.transfer.TestCluster.transfer;
import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.relay.protocol.TagPart;
import io.espalier.relay.protocol.Transfer;
import io.espalier.testkit.files.SmallDisk;
import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node whose spool has filled the disk, and whose operator starts it again because of that. */
@Timeout(120)
class FullDiskStartTest {
    private static final long MEGABYTE = 1_000_000;
    private static final SampleImage OLD = SampleImages.oci(2, 2 * MEGABYTE, 500_000);
    private static final SampleImage NEW = SampleImages.oci(7, 2 * MEGABYTE, 500_000);
    private static final Transfer FIRST = transfer("t1", APP, OLD, new TagPart("1.0", OLD.digest(), 1));
    private static final Transfer SECOND = transfer("t2", APP, NEW, new TagPart("1.1", NEW.digest(), 2));

    @TempDir
    private Path folder;

    @Test
    @RequiresProgram("docker-registry")
    void aNodeStartsThoughTheDiskIsFullAndMakesRoomForWhatComes() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(8 << 20);
                TestCluster cluster = new TestCluster(folder, "a", "b")) {
            TestNode node = cluster.node("b");
            node.stop();
            node.openIn(disk.folder().resolve("data"));
            cluster.push("a", FIRST, OLD);
            cluster.assign("b", FIRST, route("a"));
            cluster.hashes(OLD);
            node.awaitDone("t1");
            node.stop();
            disk.fill();

            node.open();

            cluster.push("a", SECOND, NEW);
            cluster.assign("b", SECOND, route("a"));
            cluster.hashes(NEW);
            node.awaitDone("t2");
            cluster.assertHas("b", APP, NEW, "1.1");
        }
    }

    @Test
    void generationsThatCannotBeWrittenShorterAreKnownAllTheSame() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(1 << 20)) {
            Path file = disk.folder().resolve("generations");
            Files.writeString(
                    file,
                    IntStream.rangeClosed(1, 3_000)
                                    .mapToObj(i -> i + " team/app:1.0\n")
                                    .collect(Collectors.joining())
                            + "3001 team/app:1");
            disk.fill();

            TagGenerations generations = TagGenerations.open(file);

            assertThat(generations.newest("team/app", "1.0")).isEqualTo(3_000);
            assertThat(generations.newest("team/app", "1"))
                    .as("of a line that a crash tore")
                    .isZero();
            disk.free();
            assertThat(generations.claim("team/app", "1.0", 3_001)).isTrue();
            assertThat(TagGenerations.open(file).newest("team/app", "1.0")).isEqualTo(3_001);
            assertThat(Files.size(file)).as("it was written anew").isLessThan(100);
        }
    }
}
