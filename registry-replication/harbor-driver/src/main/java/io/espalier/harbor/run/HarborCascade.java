package io.espalier.harbor.run;

import static java.util.Objects.requireNonNull;

import io.espalier.harbor.error.HarborException;
import io.espalier.harbor.error.HarborTrouble;
import io.espalier.harbor.node.HarborEdge;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Carries an image down a tree of Harbors, hop by hop: an edge begins when its parent has the image, and siblings go at the same time.
 * It owns its threads and the run, which {@link #close} ends. Thread-safe.
 */
public final class HarborCascade implements AutoCloseable {
    private static final long CLOSE_SECONDS = 5;

    private final HarborRun run;
    private final ExecutorService threads;

    /** @param atOnce how many hops go at a time; the others wait */
    public HarborCascade(HarborRun run, int atOnce) {
        this.run = requireNonNull(run, "run is null");
        AtomicInteger number = new AtomicInteger();
        this.threads = Executors.newFixedThreadPool(atOnce, task -> {
            Thread thread = new Thread(task, "harbor-run-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Carries the image to all Harbors below the root.
     *
     * @param root the name of the Harbor that has it
     * @param progress called by several threads
     * @return one result for each edge, in the order in which they ended; those below a failure are not reached
     * @throws HarborException only when interrupted; executions that run go on in their Harbors
     */
    public List<HopResult> carry(
            Collection<HarborEdge> edges, String root, CarriedImage image, Consumer<RunProgress> progress)
            throws HarborException {
        ExecutorCompletionService<HopResult> hops = new ExecutorCompletionService<>(threads);
        List<HarborEdge> waiting = new ArrayList<>(edges);
        List<HopResult> results = new ArrayList<>();
        int running = begin(hops, waiting, root, image, progress);
        while (running > 0) {
            HopResult ended = next(hops);
            running--;
            results.add(ended);
            if (ended instanceof HopResult.Carried) {
                running += begin(hops, waiting, ended.edge().child().name(), image.belowTheRoot(), progress);
            }
        }
        waiting.stream()
                .sorted(Comparator.comparing(HarborEdge::toString))
                .forEach(edge -> results.add(new HopResult.NotReached(edge)));
        return results;
    }

    private int begin(
            ExecutorCompletionService<HopResult> hops,
            List<HarborEdge> waiting,
            String parent,
            CarriedImage image,
            Consumer<RunProgress> progress) {
        List<HarborEdge> ready = waiting.stream()
                .filter(edge -> edge.parent().name().equals(parent))
                .toList();
        waiting.removeAll(ready);
        ready.forEach(edge -> hops.submit(() -> run.carry(edge, image, progress)));
        return ready.size();
    }

    private static HopResult next(ExecutorCompletionService<HopResult> hops) throws HarborException {
        try {
            return hops.take().get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof HarborException failed) {
                throw failed;
            }
            throw new IllegalStateException("A hop ended by an error of the program.", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HarborException(HarborTrouble.INTERRUPTED, "Carrying an image down the tree was interrupted.", e);
        }
    }

    /** Interrupts hops that run and waits 5 s for them at most. */
    @Override
    public void close() {
        run.close();
        threads.shutdownNow();
        try {
            boolean ignored = threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
