package io.espalier.relay.transfer;

import static io.espalier.relay.transfer.TestCluster.APP;
import static io.espalier.relay.transfer.TestCluster.route;
import static io.espalier.relay.transfer.TestCluster.transfer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.espalier.relay.protocol.Arrival;
import io.espalier.relay.protocol.TagPart;
import io.espalier.relay.protocol.Transfer;
import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@RequiresProgram("docker-registry")
@Timeout(120)
class ArrivalTest {
    @TempDir
    private Path folder;

    private static Transfer version(int generation, SampleImage image) {
        return transfer("t" + generation, APP, image, new TagPart("latest", image.digest(), generation));
    }

    @Test
    void eachGenerationIsToldOnceAlsoOverARestart() throws Exception {
        SampleImage first = SampleImages.oci(31, 50_000);
        SampleImage second = SampleImages.oci(32, 50_000);
        List<Arrival> told = new CopyOnWriteArrayList<>();
        try (TestCluster cluster = new TestCluster(folder, "a", "b")) {
            cluster.push("a", version(1, first), first);
            cluster.push("a", version(2, second), second);
            cluster.hashes(first, second);
            cluster.node("b").engine().listen(told::add);
            cluster.assign("b", version(1, first), route("a"));
            await().atMost(TestNode.LIMIT).until(() -> told.size() == 1);
            cluster.node("b").stop();
            cluster.node("b").open();
            cluster.hashes(first, second);
            cluster.node("b").engine().listen(told::add);

            cluster.assign("b", version(1, first), route("a"));
            cluster.node("b").awaitDone("t1");
            cluster.assign("b", version(2, second), route("a"));
            await().atMost(TestNode.LIMIT).until(() -> told.size() == 2);
        }
        assertThat(told).extracting(Arrival::generation).containsExactly(1L, 2L);
        assertThat(told.get(1).digest()).isEqualTo(second.digest());
        assertThat(told.get(1).repository() + ":" + told.get(1).tag()).isEqualTo(APP + ":latest");
    }

    @Test
    void aListenerThatHangsOrFailsHoldsUpNoTransfer() throws Exception {
        SampleImage first = SampleImages.oci(33, 50_000);
        SampleImage second = SampleImages.oci(34, 50_000);
        CountDownLatch go = new CountDownLatch(1);
        List<Arrival> told = new CopyOnWriteArrayList<>();
        try (TestCluster cluster = new TestCluster(folder, "a", "b")) {
            cluster.push("a", version(1, first), first);
            cluster.push("a", version(2, second), second);
            cluster.hashes(first, second);
            cluster.node("b").engine().listen(arrival -> {
                try {
                    if (!go.await(60, TimeUnit.SECONDS)) {
                        throw new IllegalStateException("nobody let the listener go");
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                throw new IllegalStateException("a listener of the test fails");
            });
            cluster.node("b").engine().listen(told::add);

            cluster.assign("b", version(1, first), route("a"));
            cluster.node("b").awaitDone("t1");
            cluster.assign("b", version(2, second), route("a"));
            cluster.node("b").awaitDone("t2");
            assertThat(told).isEmpty();
            go.countDown();

            await().atMost(TestNode.LIMIT).until(() -> told.size() == 2);
        }
    }
}
