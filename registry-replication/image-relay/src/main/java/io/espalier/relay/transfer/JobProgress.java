package io.espalier.relay.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.BlobPart;
import io.espalier.relay.protocol.Stripe;
import io.espalier.relay.protocol.Transfer;
import io.espalier.relay.protocol.TransferReport;
import io.espalier.relay.protocol.TransferState;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** What the node says about one transfer. Thread-safe. */
final class JobProgress {
    private final Transfer transfer;
    private final Runnable urgent;
    private final long started = System.nanoTime();
    private final Map<String, Long> received = new HashMap<>();
    private final Map<String, Long> there = new HashMap<>();
    private final Map<String, Long> bytesFrom = new HashMap<>();
    private final Set<String> arrived = new HashSet<>();
    private final Set<String> spooled = new HashSet<>();
    private TransferState state = TransferState.WAITING;
    private String problem = "";
    /** It is of the try before, and over when bytes flow. */
    private boolean problemIsOld;

    /** By stripe; empty while nobody sends that. */
    private String[] senders = {};

    private long receivedBytes;
    private long thereBytes;
    private long twice;
    private int retries;
    private long ended;
    private long rate;
    private long rateBytes;
    private long rateSince = started;
    private long newest;
    /** Larger than any that an earlier run of the same transfer had. */
    private long version = started;

    /** @param urgent told when something changed that the master should know at once; must not block */
    JobProgress(Transfer transfer, Runnable urgent) {
        this.transfer = requireNonNull(transfer, "transfer is null");
        this.urgent = requireNonNull(urgent, "urgent is null");
    }

    /** Changes the state unless it is final; answers whether it changed. */
    boolean state(TransferState next) {
        synchronized (this) {
            if (state.isFinal() || state == next) {
                return false;
            }
            problemIsOld = state == TransferState.RETRYING && next == TransferState.RECEIVING;
            state = next;
            version++;
            if (next.isFinal()) {
                ended = System.nanoTime();
                senders = new String[0];
                rate = 0;
            }
        }
        urgent.run();
        return true;
    }

    synchronized TransferState state() {
        return state;
    }

    void problem(String sentence) {
        synchronized (this) {
            problemIsOld = false;
            if (problem.equals(sentence) || (state.isFinal() && !sentence.isEmpty())) {
                return;
            }
            problem = sentence;
            version++;
        }
        urgent.run();
    }

    /** This problem is over; another one stays. */
    void solved(String sentence) {
        if (problem().equals(sentence)) {
            problem("");
        }
    }

    synchronized String problem() {
        return problem;
    }

    synchronized void retried() {
        retries++;
        version++;
    }

    /** The node knows this generation of the tag, so that this one is outdated. */
    synchronized void newest(long generation) {
        newest = generation;
        version++;
    }

    /** From this node the chunks of a stripe come now. */
    void sender(Stripe stripe, String node) {
        synchronized (this) {
            if (state.isFinal()) {
                return;
            }
            if (senders.length != stripe.count()) {
                senders = new String[stripe.count()];
                Arrays.fill(senders, "");
            }
            if (senders[stripe.number()].equals(node)) {
                return;
            }
            senders[stripe.number()] = node;
            version++;
        }
        urgent.run();
    }

    /** Who sends, each once, in the order of the stripes. */
    private List<String> senders() {
        return Arrays.stream(senders).filter(name -> !name.isEmpty()).distinct().toList();
    }

    /** A verified chunk came over a link from this node. */
    synchronized void received(String blob, long bytes, String from) {
        bytesFrom.merge(from, bytes, Long::sum);
        received(blob, bytes);
    }

    private synchronized void received(String blob, long bytes) {
        received.merge(blob, bytes, Long::sum);
        receivedBytes += bytes;
        version++;
        if (problemIsOld) {
            problemIsOld = false;
            problem = "";
        }
    }

    synchronized long receivedBytes() {
        return receivedBytes;
    }

    synchronized void twice(long bytes) {
        twice += bytes;
        version++;
    }

    /** Chunks of earlier: counted once, as received by this transfer when an earlier run of it brought them. */
    synchronized void found(String blob, long bytes, boolean byThis) {
        long more = bytes - received.getOrDefault(blob, 0L) - there.getOrDefault(blob, 0L);
        if (more > 0) {
            if (byThis) {
                received(blob, more);
            } else {
                there.merge(blob, more, Long::sum);
                thereBytes += more;
                version++;
            }
        }
    }

    /** The blob is in the registry. */
    void arrived(BlobPart part) {
        synchronized (this) {
            found(part.digest(), part.size(), false);
            arrived.add(part.digest());
        }
        spooled(part.digest());
    }

    /** All chunks of the blob are in the spool. */
    void spooled(String blob) {
        boolean all;
        synchronized (this) {
            spooled.add(blob);
            all = spooled.size() == transfer.blobs().size() && state == TransferState.RECEIVING;
        }
        if (all) {
            state(TransferState.COMMITTING);
        }
    }

    /** Whether the blob is in the registry. */
    synchronized boolean hasArrived(String blob) {
        return arrived.contains(blob);
    }

    /** The blob must be sent again. */
    synchronized void lost(String blob) {
        arrived.remove(blob);
        spooled.remove(blob);
    }

    synchronized long version() {
        return version;
    }

    synchronized TransferReport report() {
        measure();
        long end = state.isFinal() ? ended : System.nanoTime();
        List<String> parents = senders();
        return new TransferReport(
                transfer.id(),
                state,
                transfer.bytes(),
                thereBytes,
                receivedBytes,
                twice,
                rate,
                parents.isEmpty() ? "" : parents.get(0),
                retries,
                problem,
                TimeUnit.NANOSECONDS.toMillis(end - started),
                newest,
                parents,
                bytesFrom);
    }

    private void measure() {
        long now = System.nanoTime();
        long nanos = now - rateSince;
        if (nanos >= TimeUnit.SECONDS.toNanos(1) && !state.isFinal()) {
            rate = (long) ((receivedBytes - rateBytes) * 1e9 / nanos);
            rateBytes = receivedBytes;
            rateSince = now;
        }
    }
}
