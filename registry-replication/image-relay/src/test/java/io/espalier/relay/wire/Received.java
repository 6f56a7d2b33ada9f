package io.espalier.relay.wire;

import io.espalier.relay.feed.FeedListener;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Keeps what a child hears. */
class Received implements FeedListener {
    record Refusal(int want, String reason, boolean retryable) {}

    final Map<Integer, List<Integer>> chunks = new ConcurrentHashMap<>();
    final Map<Integer, AtomicLong> bytes = new ConcurrentHashMap<>();
    final List<Refusal> refusals = new CopyOnWriteArrayList<>();
    final List<Boolean> alive = new CopyOnWriteArrayList<>();
    final List<String> closed = new CopyOnWriteArrayList<>();
    final AtomicLong wrongBytes = new AtomicLong();
    volatile @Nullable String thread;

    @Override
    public void chunk(int want, int index, ByteBuffer data) {
        thread = Thread.currentThread().getName();
        bytes.computeIfAbsent(want, w -> new AtomicLong()).addAndGet(data.remaining());
        // Chunks of these tests are of 64 KiB; the last one may be shorter.
        long at = (long) index * FeedRig.CHUNK;
        while (data.hasRemaining()) {
            if (data.get() != MemorySource.byteAt(at++)) {
                wrongBytes.incrementAndGet();
            }
        }
        chunks.computeIfAbsent(want, w -> new CopyOnWriteArrayList<>()).add(index);
    }

    List<Integer> of(int want) {
        return chunks.getOrDefault(want, List.of());
    }

    long bytesOf(int want) {
        AtomicLong count = bytes.get(want);
        return count == null ? 0 : count.get();
    }

    @Override
    public void refused(int want, String reason, boolean retryable) {
        refusals.add(new Refusal(want, reason, retryable));
    }

    @Override
    public void alive(boolean upstream) {
        alive.add(upstream);
    }

    @Override
    public void closed(String reason) {
        closed.add(reason);
    }
}
