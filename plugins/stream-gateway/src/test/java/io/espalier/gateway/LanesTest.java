package io.espalier.gateway;

import static io.espalier.gateway.Sender.assertFault;
import static io.espalier.gateway.Sender.assertStored;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.espalier.gateway.lane.QueueView;
import io.espalier.http.DoorException;
import io.espalier.stream.report.Report;
import io.espalier.stream.stage.StreamCounts.Measure;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LanesTest {
    private static final String SLOW = "ads.web.slow";
    private static final String QUICK = "ads.web.quick";
    private static final Duration SOON = Duration.ofSeconds(10);

    private final FakePool pool = new FakePool();
    private final FixedDirectory directory = new FixedDirectory();
    private Gateway gateway;
    private Sender sender;

    @BeforeEach
    void open() throws DoorException {
        directory.add(SLOW, SLOW, 1000);
        directory.add(QUICK, QUICK, 1000);
        directory.add("ads.web.error", "error", 1000);
        GatewaySettings settings =
                new GatewaySettings("7", "127.0.0.1", 0, 1, 4096, 3, 8192, 65_536, 2, 8192, 30, 3, 1, "lz4");
        gateway = Gateway.open(settings, () -> directory, Clock.systemUTC());
        gateway.usePool(pool);
        sender = new Sender(gateway.port());
    }

    @AfterEach
    void close() {
        pool.release.countDown();
        gateway.close();
        assertThat(pool.open).hasValue(0);
        await("lane threads to end").atMost(SOON).until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("gateway-lane-ads.web")));
    }

    @Test
    void pushesBackOnlyTheStreamThatHangs() {
        pool.hanging.add(SLOW);
        List<CompletableFuture<HttpResponse<String>>> waiting = fillQueue();

        HttpResponse<String> pushed = assertFault(sender.text(SLOW, "x"), 429, "QUEUE_FULL", "queue is full");
        assertThat(pushed.headers().firstValue("Retry-After")).contains("2");
        long start = System.nanoTime();
        assertStored(sender.text(QUICK, "a\nb"), 2);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
        assertThat(count(SLOW, Measure.PUSHED_BACK)).isEqualTo(1);
        assertThat(count(SLOW, Measure.QUEUED)).isEqualTo(4);
        assertThat(count(QUICK, Measure.STORED)).isEqualTo(2);

        pool.release.countDown();
        waiting.forEach(answer -> assertStored(answer, 1));
        assertThat(count(SLOW, Measure.QUEUED)).isZero();
        assertThat(count(SLOW, Measure.STORED)).isEqualTo(4);
    }

    /** One is with the writer, three fill the queue. */
    private List<CompletableFuture<HttpResponse<String>>> fillQueue() {
        List<CompletableFuture<HttpResponse<String>>> waiting = new ArrayList<>();
        waiting.add(sender.text(SLOW, "first"));
        await("the writer to hang").atMost(SOON).until(() -> pool.open.get() == 1);
        for (int i = 0; i < 3; i++) {
            int requests = i + 2;
            waiting.add(sender.text(SLOW, "next"));
            await("the request to wait").atMost(SOON).until(() -> view(SLOW).requests() == requests);
        }
        return waiting;
    }

    @Test
    void answersNotStoredInTimeWhenNothingIsAcknowledged() {
        pool.holding.add(SLOW);
        assertFault(sender.text(SLOW, "x"), 503, "NOT_STORED", "not known");
        pool.held.forEach(each -> each.complete(null));
    }

    @Test
    void answersNoClusterWhileThereIsNoneAndGoesOnAfterwards() {
        gateway.usePool(null);
        assertFault(sender.text(QUICK, "x"), 503, "NO_CLUSTER", "no Kafka cluster");
        gateway.usePool(pool);
        assertStored(sender.text(QUICK, "x"), 1);
    }

    @Test
    void answersWhatWaitsWhenTheClusterGoes() {
        pool.hanging.add(SLOW);
        List<CompletableFuture<HttpResponse<String>>> waiting = fillQueue();
        Thread thread = new Thread(() -> gateway.usePool(null));
        thread.start();
        waiting.subList(1, 4).forEach(answer -> assertFault(answer, 503, "NOT_STORED", "send them again"));
        pool.release.countDown();
        assertThat(Sender.get(waiting.get(0)).statusCode()).isIn(200, 503);
        await("the change to end").atMost(SOON).until(() -> !thread.isAlive());
    }

    @Test
    void closesTheProducerOfAQuietStreamAndOpensItAgain() {
        assertStored(sender.text(QUICK, "x"), 1);
        assertThat(gateway.activeLanes()).isEqualTo(1);
        await("the lane to close").atMost(SOON).until(() -> gateway.activeLanes() == 0 && pool.open.get() == 0);
        assertStored(sender.text(QUICK, "y"), 1);
        assertThat(count(QUICK, Measure.STORED)).isEqualTo(2);
    }

    @Test
    void answersAlsoWhenTheWriterDiesOfAnError() {
        assertFault(sender.text("ads.web.error", "x"), 503, "NOT_STORED", "send them again");
        assertFault(sender.text("ads.web.error", "x"), 503, "NOT_STORED", "send them again");
    }

    @Test
    void givesAnIdentityOfItsOwnWithoutGaps() {
        assertStored(sender.text(QUICK, "a\nb\n"), 2);
        assertStored(sender.json(QUICK, "{\"records\":[{\"text\":\"c\"}]}"), 1);
        List<Report> reports = List.copyOf(pool.stored);
        assertThat(reports).extracting(Report::agent).containsOnly("gateway-7/ads.web.quick");
        assertThat(reports).extracting(Report::firstSeq).containsExactly(0L, 2L);
        assertThat(reports.get(0).epoch()).isEqualTo(reports.get(1).epoch()).isPositive();
    }

    @Test
    void goesOnWithWhatWasHandedOverWhenTheSenderGoesAway() {
        pool.holding.add(SLOW);
        CompletableFuture<HttpResponse<String>> answer = sender.text(SLOW, "x");
        await("the hand-over").atMost(SOON).until(() -> pool.held.size() == 1);
        answer.cancel(true);
        pool.held.forEach(each -> each.complete(null));
        await("the record to count").atMost(SOON).until(() -> count(SLOW, Measure.STORED) == 1);
    }

    private QueueView view(String stream) {
        return gateway.queues().stream()
                .filter(queue -> queue.stream().toString().equals(stream))
                .findFirst()
                .orElseThrow();
    }

    private long count(String stream, Measure measure) {
        return gateway.counts().stream()
                .filter(counts -> counts.stream().toString().equals(stream))
                .mapToLong(counts -> counts.counts().getOrDefault(measure, 0L))
                .sum();
    }
}
