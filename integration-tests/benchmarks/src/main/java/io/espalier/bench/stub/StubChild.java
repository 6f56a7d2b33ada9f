package io.espalier.bench.stub;

import io.espalier.relay.feed.Feed;
import io.espalier.relay.feed.FeedListener;
import io.espalier.relay.feed.Want;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Receives a layer and throws it away. */
final class StubChild implements FeedListener {
    private static final int MOST_WANTS = 20;

    private final StubImage image;
    private final BitSet got = new BitSet();
    private final CountDownLatch over = new CountDownLatch(1);
    private final AtomicInteger wants = new AtomicInteger();
    private volatile String problem = "";
    private volatile @Nullable Feed feed;

    StubChild(StubImage image) {
        this.image = image;
    }

    /** Asks for the layer; again when the relay has not heard of it yet. */
    void want(Feed from) {
        feed = from;
        from.want(new Want(
                wants.incrementAndGet(),
                image.repository(),
                image.layer(),
                image.size(),
                StubImage.CHUNK,
                5,
                0,
                (BitSet) got.clone()));
    }

    @Override
    public void chunk(int want, int index, ByteBuffer data) {
        if (got.get(index) || !image.isChunk(index, data)) {
            end("chunk " + index + " came twice or wrong");
        }
        got.set(index);
        if (got.cardinality() == image.chunks()) {
            over.countDown();
        }
    }

    @Override
    public void refused(int want, String reason, boolean retryable) {
        Feed from = feed;
        if (from != null && wants.get() < MOST_WANTS) {
            want(from); // not heard of yet, or a busy machine has broken the relay's own feed
        } else {
            end("the relay refused: " + reason);
        }
    }

    @Override
    public void alive(boolean upstream) {
        // The benchmark has a time limit of its own.
    }

    @Override
    public void closed(String reason) {
        end("the feed was closed: " + reason);
    }

    private void end(String why) {
        if (over.getCount() > 0) {
            problem = why;
            over.countDown();
        }
    }

    void await(long seconds) throws InterruptedException {
        if (!over.await(seconds, TimeUnit.SECONDS) || !problem.isEmpty()) {
            throw new IllegalStateException("The layer did not come to the stub child: "
                    + (problem.isEmpty() ? "not within " + seconds + " s" : problem) + ".");
        }
    }
}
