package io.espalier.relay.transfer;

import static io.espalier.relay.transfer.TestCluster.APP;
import static io.espalier.relay.transfer.TestCluster.route;
import static io.espalier.relay.transfer.TestCluster.transfer;
import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.relay.protocol.Route;
import io.espalier.relay.protocol.TagPart;
import io.espalier.relay.protocol.Transfer;
import io.espalier.relay.protocol.TransferReport;
import io.espalier.relay.protocol.TransferState;
import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.SampleBlob;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@RequiresProgram("docker-registry")
@Timeout(120)
class RootTroubleTest {
    private static final SampleImage IMAGE = SampleImages.oci(2, 2_000_000, 500_000);
    private static final Transfer TRANSFER = transfer("t1", APP, IMAGE, new TagPart("1.0", IMAGE.digest(), 1));

    @TempDir
    private Path folder;

    @Test
    void aBlobThatTheMastersStorageDidNotGiveForAWhileIsBelievedWhenItDoes() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, "a", "b")) {
            TestNode root = cluster.node("a");
            root.reader().pushUntagged(IMAGE, APP);
            SampleBlob layer = IMAGE.layers().get(0);
            Path file = file(root, layer);
            byte[] whole = Files.readAllBytes(file);
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.truncate(1);
            }
            cluster.assign("a", TRANSFER, Route.root());
            TransferReport report =
                    root.await("t1", "a problem", seen -> !seen.problem().isEmpty() && seen.retries() > 1);
            assertThat(report.state()).isEqualTo(TransferState.RETRYING);
            assertThat(report.problem())
                    .contains("does not deliver blob " + layer.digest())
                    .contains("blobs/sha256/" + layer.hex().substring(0, 2) + "/" + layer.hex())
                    .contains("push the image again");

            Files.write(file, whole);

            root.awaitDone("t1");
            cluster.assign("b", TRANSFER, route("a"));
            cluster.hashes(IMAGE);
            cluster.node("b").awaitDone("t1");
            cluster.assertHas("b", APP, IMAGE, "1.0");
        }
    }

    private static Path file(TestNode node, SampleBlob blob) throws Exception {
        try (var files = Files.walk(node.registry().storage())) {
            return files.filter(path -> path.endsWith(blob.hex() + "/data"))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
