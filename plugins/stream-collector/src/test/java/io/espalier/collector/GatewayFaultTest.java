package io.espalier.collector;

import static io.espalier.collector.rig.LogFiles.append;
import static io.espalier.collector.rig.LogFiles.lines;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.espalier.collector.rig.CollectorRig;
import io.espalier.collector.rig.GatewayDouble;
import io.espalier.collector.rig.GatewayDouble.Answer;
import io.espalier.collector.settings.SendSettings;
import io.espalier.stream.report.Report;
import io.espalier.stream.stage.ReadLedger.SourceRead;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GatewayFaultTest {
    private static final String STREAM = "demo.app.log";

    private final GatewayDouble gateway = new GatewayDouble();
    private Path folder;
    private Path log;

    @BeforeEach
    void start(@TempDir Path temp) throws IOException {
        folder = temp;
        log = Files.createDirectory(folder.resolve("logs")).resolve("app.log");
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    private CollectorRig.Wishes rig() {
        return CollectorRig.on(gateway.uri(), folder.resolve("data"), STREAM + "=" + log);
    }

    private static SendSettings send(int batchRecords, Duration timeout) {
        return new SendSettings(
                batchRecords, 256 * 1024, Duration.ofMillis(5), timeout, Duration.ofMillis(5), Duration.ofMillis(50));
    }

    private void awaitLines(List<String> expected) {
        await("all lines at the gateway")
                .untilAsserted(() -> assertThat(gateway.lines(STREAM)).isEqualTo(expected));
    }

    @Test
    void sendsPushedBackReportAgainInOrder() throws Exception {
        AtomicInteger count = new AtomicInteger();
        gateway.behave(report -> count.incrementAndGet() % 3 == 0 ? Answer.STORE : Answer.PUSH_BACK);
        append(log, lines("x", 0, 5000));
        try (CollectorRig rig = rig().start()) {
            awaitLines(lines("x", 0, 5000));
            assertThat(gateway.duplicates()).isZero();
            await("account").untilAsserted(() -> assertThat(rig.collector().sources())
                    .extracting(SourceRead::agent, SourceRead::nextSeq, SourceRead::acknowledgedSeq)
                    .containsExactly(tuple("agent/0", 5000L, 5000L)));
        }
    }

    @Test
    void sendsAgainWhatWasStoredWithoutAnAnswer() throws Exception {
        AtomicInteger count = new AtomicInteger();
        gateway.behave(report -> switch (count.getAndIncrement()) {
            case 0 -> Answer.STORE_AND_CUT;
            case 1 -> Answer.CUT;
            case 2 -> Answer.UNAVAILABLE;
            default -> Answer.STORE;
        });
        append(log, lines("x", 0, 100));
        try (CollectorRig rig = rig().start()) {
            awaitLines(lines("x", 0, 100));
            await("the records sent again").until(() -> gateway.duplicates() == 100);
            assertThat(rig.collector().streams()).hasSize(1);
        }
    }

    @Test
    void waitsForAGatewayThatIsNotThereYetAndReadsNoFurther() throws Exception {
        int port = gateway.port();
        gateway.close();
        append(log, lines("x", 0, 200_000));
        try (CollectorRig rig = rig().start()) {
            await("the batches that may wait").until(() -> rig.collector().streams().stream()
                    .anyMatch(stream -> stream.trouble().contains("cannot be reached")));
            assertThat(rig.collector().streams().get(0).read()).isLessThanOrEqualTo(3000);
            try (GatewayDouble back = new GatewayDouble(port)) {
                await("all lines").atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(back.records())
                        .isEqualTo(200_000));
                assertThat(back.lines(STREAM)).isEqualTo(lines("x", 0, 200_000));
            }
        }
    }

    @Test
    void givesUpOnAnAnswerThatDoesNotCome() throws Exception {
        AtomicInteger count = new AtomicInteger();
        gateway.behave(report -> count.getAndIncrement() == 0 ? Answer.HANG : Answer.STORE);
        append(log, lines("x", 0, 100));
        try (CollectorRig rig = rig().with(send(1000, Duration.ofMillis(200))).start()) {
            awaitLines(lines("x", 0, 100));
            assertThat(rig.collector().streams().get(0).acknowledged()).isLessThanOrEqualTo(100);
        }
    }

    @Test
    void blockedStreamDelaysNoOther() throws Exception {
        gateway.behave(report -> report.stream().business().equals("bad") ? Answer.HANG : Answer.STORE);
        Path bad = log.resolveSibling("bad.log");
        Path good = log.resolveSibling("good.log");
        append(bad, lines("bad", 0, 10_000));
        append(good, lines("good", 0, 1));
        try (CollectorRig rig = CollectorRig.on(
                        gateway.uri(), folder.resolve("data"), "demo.app.{file}=" + log.getParent() + "/*.log")
                .start()) {
            await("the bad stream hangs")
                    .until(() -> gateway.lines("demo.app.good").size() == 1
                            && rig.collector().counts().size() == 2
                            && gateway.requests() >= 2);
            long start = System.nanoTime();
            append(good, lines("good", 1, 20_000));
            await("the good stream")
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> gateway.lines("demo.app.good").size() == 20_000);
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .as("less than the hanging stream's time-out of 5 s")
                    .isLessThan(Duration.ofSeconds(3));
            assertThat(gateway.lines("demo.app.bad")).isEmpty();
        }
    }

    private Answer refuse(Report report, boolean withIndexes) {
        List<Integer> refused = new ArrayList<>();
        for (int i = 0; i < report.entries().size(); i++) {
            if (new String(report.entries().get(i).payload(), ISO_8859_1).startsWith("poison")) {
                refused.add(i);
            }
        }
        String records = withIndexes ? ",\"records\":" + refused : "";
        return refused.isEmpty()
                ? Answer.STORE
                : Answer.fault(
                        withIndexes ? 400 : 413,
                        "{\"code\":\"RECORD_TOO_LARGE\",\"message\":\"Too large.\"" + records + "}");
    }

    private void isolatesRefusedRecords(boolean withIndexes) throws Exception {
        gateway.behave(report -> refuse(report, withIndexes));
        List<String> good = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            append(log, lines("good-" + i, 0, 20));
            append(log, List.of("poison \u00ff" + i));
            good.addAll(lines("good-" + i, 0, 20));
        }
        try (CollectorRig rig = rig().start()) {
            awaitLines(good);
            await("the last poison")
                    .until(() -> rig.collector().streams().get(0).refused() == 50);
            assertThat(gateway.duplicates()).isZero();
            List<String> kept = Files.readAllLines(folder.resolve("data/refused/" + STREAM + ".jsonl"));
            assertThat(kept).hasSize(50);
            assertThat(kept.get(3))
                    .contains("\"agent\":\"agent/0\"", "\"seq\":83", "RECORD_TOO_LARGE")
                    .contains(Base64.getEncoder().encodeToString("poison \u00ff3".getBytes(ISO_8859_1)));
            assertThat(rig.collector().sources().get(0).acknowledgedSeq()).isEqualTo(1050);
        }
    }

    @Test
    void isolatesRecordsThatTheGatewayNames() throws Exception {
        isolatesRefusedRecords(true);
    }

    @Test
    void findsRefusedRecordsThatTheGatewayDoesNotName() throws Exception {
        isolatesRefusedRecords(false);
    }

    @Test
    void sendsBatchAtOnceWhenTheNextRecordDoesNotFit() throws Exception {
        List<String> lines = lines("y".repeat(700), 0, 1000);
        append(log, lines);
        SendSettings patient = new SendSettings(
                1000, 1000, Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofMillis(5), Duration.ofMillis(50));
        try (CollectorRig rig = rig().with(patient).start()) {
            // With the wait for more after each of 1,000 reports this would take a quarter of an hour.
            awaitLines(lines);
            assertThat(rig.collector().streams()).hasSize(1);
        }
    }

    @Test
    void keepsRecordsOfAReportThatTheGatewayCannotRead() throws Exception {
        AtomicInteger count = new AtomicInteger();
        gateway.behave(report -> count.getAndIncrement() < 3
                ? Answer.fault(400, "{\"code\":\"UNSUPPORTED_VERSION\",\"message\":\"Too new.\"}")
                : Answer.STORE);
        append(log, lines("x", 0, 10));
        try (CollectorRig rig = rig().start()) {
            awaitLines(lines("x", 0, 10));
            assertThat(rig.collector().streams().get(0).refused()).isZero();
        }
    }

    @Test
    void createsStreamsThatTheGatewayDoesNotKnow() throws Exception {
        gateway.knowNoStreams();
        gateway.answerCatalogWith(503);
        append(log, lines("x", 0, 10));
        try (CollectorRig rig = rig().start()) {
            await("a failed creation").until(() -> rig.collector().streams().stream()
                    .anyMatch(stream -> stream.trouble().contains("TOPIC_FAILED")));
            gateway.answerCatalogWith(201);
            awaitLines(lines("x", 0, 10));
            assertThat(gateway.created()).allSatisfy(body -> assertThat(body)
                    .isEqualTo("{\"id\":\"" + STREAM + "\",\"terminals\":[\"file\"]}"));
        }
    }

    @Test
    void stopsInTimeWhileTheGatewayHangs() throws Exception {
        gateway.behave(report -> Answer.HANG);
        append(log, lines("x", 0, 10));
        try (CollectorRig rig = rig().start()) {
            await("a report on its way").until(() -> gateway.requests() > 0);
            long start = System.nanoTime();
            assertThat(rig.collector().stop(Duration.ofSeconds(1))).isTrue();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(1500));
        }
    }

    @Test
    void sendsWhatIsReadAfterReadingHasStopped() throws Exception {
        gateway.behave(report -> Answer.PUSH_BACK);
        append(log, lines("x", 0, 100_000));
        try (CollectorRig rig = rig().start()) {
            await("something read")
                    .until(() -> rig.collector().streams().stream().anyMatch(stream -> stream.read() > 1500));
            rig.collector().stopReading();
            gateway.behave(report -> Answer.STORE);
            await("all that was read is acknowledged")
                    .until(() -> rig.collector().sources().get(0).nextSeq()
                            == rig.collector().sources().get(0).acknowledgedSeq());
            int read = (int) rig.collector().sources().get(0).nextSeq();
            assertThat(read).isLessThan(100_000);
            assertThat(gateway.lines(STREAM)).isEqualTo(lines("x", 0, read));
        }
    }
}
