package io.espalier.engine.desk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.espalier.engine.check.EngineAccess;
import io.espalier.engine.check.SmokeResult;
import io.espalier.engine.check.SmokeResult.Outcome;
import io.espalier.engine.check.SmokeRules;
import io.espalier.registry.client.RegistryClient;
import io.espalier.registry.name.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tests images one after the other, some at once, on threads {@code docker-engine-test-N}. A test about which nothing is known, since the
 * engine or the registry was away, is made again until something is, or the image is gone. Thread-safe.
 */
public final class TestDesk implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TestDesk.class);
    private static final int MOST_WAITING = 1_000;
    private static final long FIRST_PAUSE_MS = 1_000;
    private static final long LONGEST_PAUSE_MS = 60_000;
    private static final long CLOSE_SECONDS = 10;

    private final TestBench bench;
    private final ResultStore results;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, Waiting> waiting = new LinkedHashMap<>();
    private final ScheduledThreadPoolExecutor threads;

    /** What is known of a test that has no result yet. */
    private record Waiting(TestOrder order, String sentence, int attempts) {}

    private TestDesk(DeskSettings settings, TestBench bench, ResultStore results, Clock clock) {
        this.bench = bench;
        this.results = results;
        this.clock = requireNonNull(clock, "clock is null");
        AtomicInteger number = new AtomicInteger();
        this.threads = new ScheduledThreadPoolExecutor(
                settings.parallel(), task -> new Thread(task, "docker-engine-test-" + number.getAndIncrement()));
        threads.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        threads.setRemoveOnCancelPolicy(true);
    }

    /**
     * Opens a desk and removes in the background what earlier tests left in the engine.
     *
     * @param registry of this node; empty while the relay is away
     * @throws IOException when its folder cannot be used
     */
    public static TestDesk open(
            DeskSettings settings, EngineAccess access, Supplier<Optional<RegistryClient>> registry, Clock clock)
            throws IOException {
        Path folder = Files.createDirectories(settings.folder());
        TestBench bench = new TestBench(access, registry, Owner.open(folder), settings.registryHost());
        return new TestDesk(settings, bench, ResultStore.open(folder, settings.keepLogs()), clock);
    }

    /** Removes in the background what earlier tests left in the engine. */
    public void sweep() {
        threads.execute(bench::sweep);
    }

    /** Tests an image soon; one that waits already is not taken twice. False when too many wait. */
    public boolean submit(TestOrder order) {
        String key = key(order);
        synchronized (waiting) {
            if (waiting.containsKey(key)) {
                return true;
            }
            if (waiting.size() >= MOST_WAITING) {
                return false;
            }
            waiting.put(key, new Waiting(order, "It waits for its test.", 0));
        }
        later(key, 0);
        return true;
    }

    private void later(String key, long pauseMillis) {
        try {
            Future<?> unused = threads.schedule(() -> work(key), pauseMillis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("A test is not made: the desk is closed.");
        }
    }

    private void work(String key) {
        Waiting now = begin(key);
        try {
            String id = newId();
            SmokeResult result = bench.run(id, now.order());
            if (result.outcome() == Outcome.UNDECIDED) {
                again(key, now, result.sentence());
            } else if (result.outcome() == Outcome.GONE) {
                LOG.info("Image {} is not tested: {}", now.order().image(), result.sentence());
                forget(key);
            } else {
                keep(id, now.order(), result);
                forget(key);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.error(
                    "The test of {} failed unexpectedly and is made again.",
                    now.order().image(),
                    e);
            again(key, now, "Its test failed unexpectedly: " + e + ".");
        }
    }

    private Waiting begin(String key) {
        synchronized (waiting) {
            Waiting now = requireNonNull(waiting.get(key), "a test that nobody ordered");
            if (now.attempts() == 0) {
                waiting.put(key, new Waiting(now.order(), "It is being tested.", 0));
            }
            return now;
        }
    }

    private void again(String key, Waiting now, String sentence) {
        if (!sentence.equals(now.sentence())) {
            LOG.info("The test of {} is made again later: {}", now.order().image(), sentence);
        }
        synchronized (waiting) {
            waiting.put(key, new Waiting(now.order(), sentence, now.attempts() + 1));
        }
        later(key, Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS << Math.min(now.attempts(), 6)));
    }

    private void forget(String key) {
        synchronized (waiting) {
            waiting.remove(key);
        }
    }

    private TestResult keep(String id, TestOrder order, SmokeResult result) {
        TestResult kept = new TestResult(
                id,
                order.purpose(),
                order.repository(),
                order.tag(),
                order.digest(),
                fingerprint(order.rules()),
                result.outcome(),
                result.sentence(),
                result.exitCode(),
                result.took().toMillis(),
                clock.instant());
        results.add(kept, result.logs());
        if (!result.outcome().isVerdict()) {
            LOG.info("Image {} ({}) could not be tested: {}", kept.image(), kept.digest(), kept.sentence());
        } else if (result.outcome() == Outcome.PASSED) {
            LOG.info("Image {} ({}) passes: {}", kept.image(), kept.digest(), kept.sentence());
        } else {
            LOG.warn("Image {} ({}) fails: {} Test {}.", kept.image(), kept.digest(), kept.sentence(), id);
        }
        return kept;
    }

    /** Tests an image now and waits for the result, which may be undecided and is kept all the same. */
    public TestResult now(TestOrder order) throws InterruptedException {
        Future<TestResult> future = threads.submit(() -> {
            String id = newId();
            return keep(id, order, bench.run(id, order));
        });
        try {
            return future.get();
        } catch (InterruptedException e) {
            future.cancel(true);
            throw e;
        } catch (ExecutionException e) {
            throw new IllegalStateException("The test of " + order.image() + " failed: " + e.getCause(), e);
        }
    }

    /** What is known of a test that was ordered and has no result yet. */
    Optional<String> waits(TestOrder order) {
        synchronized (waiting) {
            return Optional.ofNullable(waiting.get(key(order))).map(Waiting::sentence);
        }
    }

    /** Tests that have no result yet, as {@code shop/web:1.0: It is being tested.} */
    public List<String> waiting() {
        synchronized (waiting) {
            return waiting.values().stream()
                    .map(each -> each.order().image() + ": " + each.sentence())
                    .toList();
        }
    }

    /** The newest results, the newest first. */
    public List<TestResult> results(int limit) {
        return results.newest(limit);
    }

    /** The newest result with this id, image or digest. */
    public Optional<TestResult> find(String name) {
        return results.find(name);
    }

    /** What the image printed last in a test; empty when nothing is kept. */
    public Optional<String> output(TestResult result) throws IOException {
        return results.output(result);
    }

    /** Where the log of a result is kept, if it has one. */
    public Path logFile(TestResult result) {
        return results.logFile(result.id());
    }

    /** The newest verdict on this content by these rules. */
    Optional<TestResult> verdict(String digest, SmokeRules rules) {
        return results.verdict(digest, fingerprint(rules));
    }

    private static String key(TestOrder order) {
        return order.purpose() + " " + order.repository() + " " + order.digest() + " " + fingerprint(order.rules());
    }

    private static String fingerprint(SmokeRules rules) {
        return Digest.sha256(rules.toString().getBytes(UTF_8)).hex().substring(0, 8);
    }

    private String newId() {
        byte[] id = new byte[4];
        random.nextBytes(id);
        return HexFormat.of().formatHex(id);
    }

    /** Ends all tests; their containers are removed, within 10 s. */
    @Override
    public void close() {
        threads.shutdownNow();
        try {
            if (!threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("A test did not end within {} s; what it leaves is removed at the next start.", CLOSE_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
