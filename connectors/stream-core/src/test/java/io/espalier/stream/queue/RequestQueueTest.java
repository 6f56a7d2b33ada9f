package io.espalier.stream.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class RequestQueueTest {
    private static final Duration RETRY = Duration.ofMillis(250);
    private static final Offer ACCEPTED = new Offer.Accepted();
    private static final Offer FULL = new Offer.Full(RETRY);

    private static RequestQueue<String> queue(int requests, long bytes) {
        return new RequestQueue<>(new QueueLimits(requests, bytes, RETRY));
    }

    @Test
    void givesBackInOrderAndFreesItsRoom() throws InterruptedException {
        RequestQueue<String> queue = queue(2, 10);
        assertThat(queue.offer("a", 3)).isEqualTo(ACCEPTED);
        assertThat(queue.offer("b", 4)).isEqualTo(ACCEPTED);
        assertThat(queue.depth()).isEqualTo(new RequestQueue.Depth(2, 7));
        assertThat(queue.poll(Duration.ZERO)).contains("a");
        assertThat(queue.poll(Duration.ZERO)).contains("b");
        assertThat(queue.poll(Duration.ofMillis(1))).isEmpty();
        assertThat(queue.depth()).isEqualTo(new RequestQueue.Depth(0, 0));
    }

    @Test
    void pushesBackAtEitherBoundAndSaysWhenToComeAgain() {
        RequestQueue<String> byRequests = queue(1, 1000);
        assertThat(byRequests.offer("a", 0)).isEqualTo(ACCEPTED);
        assertThat(byRequests.offer("b", 0)).isEqualTo(FULL);

        RequestQueue<String> byBytes = queue(1000, 10);
        assertThat(byBytes.offer("a", 6)).isEqualTo(ACCEPTED);
        assertThat(byBytes.offer("b", 5)).isEqualTo(FULL);
        assertThat(byBytes.offer("c", 4)).isEqualTo(ACCEPTED);
        assertThat(byBytes.offer("d", Long.MAX_VALUE)).isEqualTo(FULL);
    }

    @Test
    void takesARequestBeyondTheWholeBoundOnlyAlone() {
        RequestQueue<String> queue = queue(10, 10);
        assertThat(queue.offer("large", 11)).isEqualTo(ACCEPTED);
        assertThat(queue.offer("small", 1)).isEqualTo(FULL);
        assertThat(queue.offer("empty", 0)).isEqualTo(FULL);
    }

    @Test
    void handsBackWhatIsLeftOnceClosedAndTakesNothingMore() throws InterruptedException {
        RequestQueue<String> queue = queue(10, 10);
        queue.offer("a", 1);
        queue.offer("b", 1);
        assertThat(queue.close()).containsExactly("a", "b");
        assertThat(queue.close()).isEmpty();
        assertThat(queue.offer("c", 1)).isEqualTo(new Offer.Closed());
        assertThat(queue.poll(Duration.ofSeconds(10))).isEmpty();
    }

    @Test
    void wakesAWaitingReaderByARequestAndByClosing() {
        RequestQueue<String> queue = queue(10, 10);
        AtomicReference<Thread> reader = new AtomicReference<>();
        for (int round = 0; round < 2; round++) {
            reader.set(null);
            CompletableFuture<Optional<String>> polled = new CompletableFuture<>();
            Thread thread = new Thread(() -> {
                reader.set(Thread.currentThread());
                try {
                    polled.complete(queue.poll(Duration.ofSeconds(30)));
                } catch (InterruptedException e) {
                    polled.completeExceptionally(e);
                }
            });
            thread.start();
            await("the reader to wait").atMost(Duration.ofSeconds(5)).until(() -> {
                Thread waiting = reader.get();
                return waiting != null && waiting.getState() == Thread.State.TIMED_WAITING;
            });
            if (round == 0) {
                queue.offer("a", 1);
                assertThat(polled).succeedsWithin(Duration.ofSeconds(5)).isEqualTo(Optional.of("a"));
            } else {
                queue.close();
                assertThat(polled).succeedsWithin(Duration.ofSeconds(5)).isEqualTo(Optional.empty());
            }
        }
    }

    @Test
    void losesAndDoublesNothingUnderManyWritersAndReadersWithCloseInTheMiddle() throws Exception {
        RequestQueue<Integer> queue = new RequestQueue<>(new QueueLimits(16, 100, RETRY));
        Set<Integer> accepted = ConcurrentHashMap.newKeySet();
        Set<Integer> seen = ConcurrentHashMap.newKeySet();
        ExecutorService threads = Executors.newFixedThreadPool(7);
        try {
            List<Future<?>> tasks = new ArrayList<>();
            for (int writer = 0; writer < 4; writer++) {
                int base = writer * 1_000_000;
                tasks.add(threads.submit(() -> {
                    int next = base;
                    Offer offer = queue.offer(next, 7);
                    while (!(offer instanceof Offer.Closed)) {
                        if (offer instanceof Offer.Accepted) {
                            accepted.add(next++);
                        }
                        offer = queue.offer(next, 7);
                    }
                }));
            }
            for (int reader = 0; reader < 3; reader++) {
                tasks.add(threads.submit(() -> {
                    Optional<Integer> each = queue.poll(Duration.ofSeconds(10));
                    while (each.isPresent()) {
                        assertThat(queue.depth().requests()).isLessThanOrEqualTo(14);
                        assertThat(seen.add(each.get())).as("seen once").isTrue();
                        each = queue.poll(Duration.ofSeconds(10));
                    }
                    return null;
                }));
            }
            await("traffic").atMost(Duration.ofSeconds(20)).until(() -> seen.size() > 20_000);
            for (Integer left : queue.close()) {
                assertThat(seen.add(left)).as("handed back once").isTrue();
            }
            for (Future<?> task : tasks) {
                task.get(10, TimeUnit.SECONDS);
            }
            assertThat(seen).isEqualTo(accepted);
        } finally {
            threads.shutdownNow();
        }
    }
}
