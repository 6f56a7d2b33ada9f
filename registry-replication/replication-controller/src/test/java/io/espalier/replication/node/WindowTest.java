package io.espalier.replication.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.TransferReport;
import io.espalier.relay.protocol.TransferState;
import io.espalier.replication.member.Member;
import io.espalier.replication.removal.RemovalSettings;
import io.espalier.replication.window.WindowRules;
import io.espalier.testkit.link.LinkEmulator;
import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Windows at real relays; the controller's clock is pushed on. */
@RequiresProgram("docker-registry")
@Timeout(120)
class WindowTest {
    private static final Duration LIMIT = Duration.ofSeconds(40);
    private static final String APP = "shop/web";
    private static final String A = "node-a";
    private static final String B = "node-b";
    private static final long BYTES_A_SECOND = 3_000_000;

    @TempDir
    private Path folder;

    private static final String TIMES = "[0-9:]{5}-[0-9:]{5} UTC";

    /** From an hour ago until in an hour. */
    private static String windowAroundNow() {
        DateTimeFormatter form = DateTimeFormatter.ofPattern("HH:mm");
        LocalTime now = LocalTime.now(ZoneOffset.UTC);
        return B + "=" + now.minusHours(1).format(form) + "-" + now.plusHours(1).format(form);
    }

    private static TransferReport at(RemovalCluster cluster, String node) {
        List<TransferReport> reports = cluster.relay(node).status().transfers();
        return reports.isEmpty()
                ? new TransferReport("", TransferState.WAITING, 0, 0, 0, 0, 0, "", 0, "", 0)
                : reports.get(reports.size() - 1);
    }

    private static void awaitDigest(RemovalCluster cluster, String node, SampleImage image, String tag) {
        await(node + " has " + tag).atMost(LIMIT).untilAsserted(() -> assertThat(
                        cluster.at(node).digestOf(APP, tag))
                .isEqualTo(image.digest()));
    }

    @Test
    void aTransferWaitsWhenTheWindowClosesAndGoesOnWhereItWasWhenItOpens() throws Exception {
        SampleImage large = SampleImages.oci(401, 15_000_000);
        SampleImage small = SampleImages.oci(402, 20_000);
        WindowRules windows = WindowRules.parse(List.of(windowAroundNow()), 1_000_000, List.of());
        try (RemovalCluster cluster = new RemovalCluster(
                        folder, RemovalSettings.KEEP, RemovalCluster.transfers(windows, BYTES_A_SECOND))
                .join(A, true)
                .join(B, true)) {
            cluster.at(RemovalCluster.MASTER).push(large, APP, "large");
            await("chunks arrive").atMost(LIMIT).until(() -> at(cluster, B).bytesReceived() > 1_000_000);

            cluster.pass(Duration.ofHours(2));
            await("it waits").atMost(LIMIT).until(() -> at(cluster, B).problem().contains("waits for its window"));
            assertThat(at(cluster, B).state()).isEqualTo(TransferState.RETRYING);
            long received = at(cluster, B).bytesReceived();
            assertThat(cluster.controller().nodeConsole().list())
                    .containsPattern(B + " +connected, waits for its window, which opens at 20");
            assertThat(cluster.controller().imageConsole().status(List.of(APP + ":large")))
                    .contains("It waits for its window, which opens at 20");
            awaitDigest(cluster, A, large, "large");
            cluster.at(RemovalCluster.MASTER).push(small, APP, "small");
            awaitDigest(cluster, B, small, "small");
            SampleImage later = SampleImages.oci(403, 2_000_000);
            cluster.at(RemovalCluster.MASTER).push(later, APP, "later");
            awaitDigest(cluster, A, later, "later");
            assertThat(cluster.at(B).digestOf(APP, "later"))
                    .as("nothing new is assigned")
                    .isEmpty();
            assertThat(received).isLessThan(15_000_000);
            assertThat(cluster.at(B).digestOf(APP, "large")).isEmpty();

            cluster.pass(Duration.ofHours(22));
            awaitDigest(cluster, B, large, "large");
            awaitDigest(cluster, B, later, "later");
            assertThat(cluster.controller().nodeConsole().list())
                    .doesNotContain("window")
                    .containsPattern("SEEN +WINDOW")
                    .containsPattern(A + " .* -\n")
                    .containsPattern(B + " .* " + TIMES);
            assertThat(cluster.relay(B).status().transfers())
                    .allSatisfy(report -> assertThat(report.bytesTwice()).isLessThan(1_000_000));
        }
    }

    private static boolean isConnected(RemovalCluster cluster, String node) {
        return cluster.controller()
                .members()
                .find(new NodeId(node))
                .filter(Member::connected)
                .isPresent();
    }

    /** Chunks have come to B, and it waits now. */
    private static void pushUntilItWaits(RemovalCluster cluster, SampleImage image) {
        cluster.at(RemovalCluster.MASTER).push(image, APP, "large");
        await("chunks arrive").atMost(LIMIT).until(() -> at(cluster, B).bytesReceived() > 100_000);
        cluster.pass(Duration.ofHours(2));
        await("it waits").atMost(LIMIT).until(() -> at(cluster, B).problem().contains("waits for its window"));
    }

    @Test
    void aNodeWhoseLinkWasCutWhileTheWindowOpenedGoesOn() throws Exception {
        SampleImage image = SampleImages.oci(404, 12_000_000);
        WindowRules windows = WindowRules.parse(List.of(windowAroundNow()), 0, List.of());
        try (RemovalCluster cluster = new RemovalCluster(
                        folder, RemovalSettings.KEEP, RemovalCluster.transfers(windows, BYTES_A_SECOND));
                LinkEmulator link =
                        LinkEmulator.to(cluster.relay(RemovalCluster.MASTER).port())) {
            cluster.joinOver(link.port(), B);
            pushUntilItWaits(cluster, image);

            link.refuse();
            link.cut();
            await("B is away").atMost(LIMIT).until(() -> !isConnected(cluster, B));
            cluster.pass(Duration.ofHours(22));
            link.accept();
            awaitDigest(cluster, B, image, "large");
        }
    }

    @Test
    void aNodeThatWaitsGoesOnWhenTheMasterComesBackWithoutWindows() throws Exception {
        SampleImage image = SampleImages.oci(405, 12_000_000);
        WindowRules windows = WindowRules.parse(List.of(windowAroundNow()), 0, List.of());
        try (RemovalCluster cluster = new RemovalCluster(
                        folder, RemovalSettings.KEEP, RemovalCluster.transfers(windows, BYTES_A_SECOND))
                .join(B, false)) {
            pushUntilItWaits(cluster, image);

            cluster.restartController(RemovalCluster.transfers(WindowRules.NONE, BYTES_A_SECOND));
            awaitDigest(cluster, B, image, "large");
        }
    }
}
