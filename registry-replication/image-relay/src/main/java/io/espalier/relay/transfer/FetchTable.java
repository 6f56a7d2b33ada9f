package io.espalier.relay.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.BlobPart;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.Stripe;
import io.espalier.relay.spool.Spool;
import io.espalier.relay.spool.SpoolException;
import io.espalier.relay.spool.SpooledBlob;
import io.espalier.relay.transfer.TransferProblem.Haste;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The blobs that are being fetched: each once, however many transfers and repositories need it. Thread-safe. */
final class FetchTable {
    private final Spool spool;
    private final FeedHub hub;
    private final Duration hashWait;
    private final Map<String, BlobFetch> fetches = new HashMap<>();

    FetchTable(Spool spool, FeedHub hub, Duration hashWait) {
        this.spool = requireNonNull(spool, "spool is null");
        this.hub = requireNonNull(hub, "hub is null");
        this.hashWait = requireNonNull(hashWait, "hashWait is null");
    }

    /**
     * Begins to fetch, or joins who does. To be left with {@link #leave}.
     *
     * @throws SpoolException when the spool has no room for it
     */
    BlobFetch join(Job job, BlobPart part) throws SpoolException {
        BlobFetch fetch;
        synchronized (this) {
            BlobFetch running = fetches.get(part.digest());
            if (running != null) {
                running.users(1);
                return running;
            }
            SpooledBlob blob =
                    spool.open(part.digest(), part.size(), job.transfer().chunkBytes());
            fetch = new BlobFetch(job, part, blob, hub, hashWait);
            fetch.users(1);
            fetches.put(part.digest(), fetch);
        }
        fetch.start();
        return fetch;
    }

    /** Needs it no more; what is there stays in the spool. */
    void leave(BlobFetch fetch) {
        synchronized (this) {
            if (fetch.users(-1) > 0) {
                return;
            }
            fetches.remove(fetch.blob().digest(), fetch);
        }
        fetch.fail(new TransferProblem(Haste.SOON, "Blob " + fetch.blob().digest() + " is needed no more."));
        fetch.blob().close();
    }

    /** The transfer is stopped: what is fetched on its account ends; another one that needs it begins anew. */
    void stop(Job job) {
        all().stream()
                .filter(fetch -> fetch.job() == job)
                .forEach(
                        fetch -> fetch.fail(new TransferProblem(Haste.SOON, "Transfer " + job.id() + " was stopped.")));
    }

    void rerouted(Job job) {
        all().stream().filter(fetch -> fetch.job() == job).forEach(BlobFetch::rerouted);
    }

    /** Chunks of the blob were lost on this node's disk. */
    void again(String blob) {
        BlobFetch fetch;
        synchronized (this) {
            fetch = fetches.get(blob);
        }
        if (fetch != null) {
            fetch.again();
        }
    }

    /** Whether chunks of the blob that may be of this stripe, too, are wanted from that node now. */
    boolean isFrom(String blob, NodeId node, Stripe stripe) {
        BlobFetch fetch;
        synchronized (this) {
            fetch = fetches.get(blob);
        }
        return fetch != null && fetch.isFrom(node, stripe);
    }

    void tick() {
        all().forEach(BlobFetch::tick);
    }

    synchronized boolean has(String blob) {
        return fetches.containsKey(blob);
    }

    private synchronized List<BlobFetch> all() {
        return List.copyOf(fetches.values());
    }
}
