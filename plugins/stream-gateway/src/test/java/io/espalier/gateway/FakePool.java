package io.espalier.gateway;

import io.espalier.gateway.lane.StreamWriter;
import io.espalier.gateway.lane.WriterPool;
import io.espalier.stream.catalog.StreamDefinition;
import io.espalier.stream.report.Report;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Stores at once and remembers, except for streams that are told to hang or to hold their answers. */
final class FakePool implements WriterPool {
    final Queue<Report> stored = new ConcurrentLinkedQueue<>();
    final List<CompletableFuture<Void>> held = new CopyOnWriteArrayList<>();
    final Set<String> hanging = ConcurrentHashMap.newKeySet();
    final Set<String> holding = ConcurrentHashMap.newKeySet();
    final AtomicInteger open = new AtomicInteger();
    final CountDownLatch release = new CountDownLatch(1);

    @Override
    public StreamWriter open(StreamDefinition stream) {
        open.incrementAndGet();
        String id = stream.id().toString();
        return new StreamWriter() {
            @Override
            public CompletableFuture<Void> write(Report report) {
                if (id.endsWith("error")) {
                    throw new NoClassDefFoundError("as from a wrong class loader");
                }
                if (hanging.contains(id)) {
                    hang();
                }
                stored.add(report);
                if (holding.contains(id)) {
                    CompletableFuture<Void> answer = new CompletableFuture<>();
                    held.add(answer);
                    return answer;
                }
                return CompletableFuture.completedFuture(null);
            }

            @Override
            public void close() {
                open.decrementAndGet();
            }
        };
    }

    private void hang() {
        try {
            release.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
