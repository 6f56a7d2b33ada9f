package io.espalier.registry.metrics;

import java.util.concurrent.atomic.LongAdder;

/** What a client has done since it was opened. Thread-safe; reading is cheap. */
public final class RegistryCounters {
    private final LongAdder requests = new LongAdder();
    private final LongAdder retries = new LongAdder();
    private final LongAdder pauses = new LongAdder();
    private final LongAdder tokens = new LongAdder();
    private final LongAdder bytesIn = new LongAdder();
    private final LongAdder bytesOut = new LongAdder();

    /** All counts at one moment. */
    public record Snapshot(long requests, long retries, long pauses, long tokens, long bytesIn, long bytesOut) {}

    /** Reads all counts. */
    public Snapshot snapshot() {
        return new Snapshot(requests(), retries(), pauses(), tokens(), bytesIn(), bytesOut());
    }

    /** HTTP requests sent, also those for tokens and those that were redirected. */
    public long requests() {
        return requests.sum();
    }

    /** Calls that were made again after a failure. */
    public long retries() {
        return retries.sum();
    }

    /** Answers 429. */
    public long pauses() {
        return pauses.sum();
    }

    /** Tokens fetched. */
    public long tokens() {
        return tokens.sum();
    }

    /** Bytes of bodies received. */
    public long bytesIn() {
        return bytesIn.sum();
    }

    /** Bytes of bodies sent. */
    public long bytesOut() {
        return bytesOut.sum();
    }

    public void addRequest() {
        requests.increment();
    }

    public void addRetry() {
        retries.increment();
    }

    public void addPause() {
        pauses.increment();
    }

    public void addToken() {
        tokens.increment();
    }

    public void addBytesIn(long bytes) {
        bytesIn.add(bytes);
    }

    public void addBytesOut(long bytes) {
        bytesOut.add(bytes);
    }
}
