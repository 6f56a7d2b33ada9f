package io.espalier.relay.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.feed.Want;
import io.espalier.relay.protocol.MasterMessage.Assign;
import io.espalier.relay.protocol.Route;
import io.espalier.relay.protocol.Stripe;
import io.espalier.relay.protocol.TagPart;
import io.espalier.relay.protocol.Transfer;
import io.espalier.relay.protocol.TransferState;
import io.espalier.relay.spool.SpooledBlob;
import io.espalier.relay.transfer.TransferProblem.Haste;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** One transfer at this node: what is to be done, from where, how far it is, and whether it was stopped. Thread-safe. */
final class Job {
    private static final long NEVER = Long.MAX_VALUE;
    private static final int MOST_SAID = 100;

    private final Transfer transfer;
    private final boolean resumed;
    private final RouteCursors cursors;
    private final JobProgress progress;
    private final EngineSettings settings;
    private final Backoff backoff;
    private final Set<String> distrusted = ConcurrentHashMap.newKeySet();
    private final Set<String> sentInVain = ConcurrentHashMap.newKeySet();
    /** How much had come when something was said. */
    private final Map<String, Long> said = new ConcurrentHashMap<>();

    private final List<Runnable> onStop = new CopyOnWriteArrayList<>();
    private volatile @Nullable String stopped;
    private volatile boolean parked;
    private final AtomicLong nextTry = new AtomicLong(NEVER);
    private long receivedBefore;

    /** @param resumed an earlier run of the engine began it */
    Job(Assign assign, boolean resumed, EngineSettings settings, Runnable urgent) {
        this.transfer = assign.transfer();
        this.resumed = resumed;
        this.settings = requireNonNull(settings, "settings is null");
        this.cursors = new RouteCursors(assign.route());
        this.progress = new JobProgress(transfer, urgent);
        this.backoff = new Backoff(settings);
    }

    Transfer transfer() {
        return transfer;
    }

    /** The wish for what a blob lacks of a stripe, on the terms of this transfer. */
    Want want(int id, SpooledBlob blob, Stripe stripe) {
        BitSet unwanted = blob.have();
        unwanted.or(stripe.others(blob.digest(), blob.chunks()));
        return new Want(
                id,
                transfer.repository(),
                blob.digest(),
                blob.size(),
                blob.chunkBytes(),
                transfer.priority(),
                transfer.linkBytesPerSecond(),
                unwanted,
                stripe);
    }

    String id() {
        return transfer.id();
    }

    boolean isResumed() {
        return resumed;
    }

    RouteCursors cursors() {
        return cursors;
    }

    Route route() {
        return cursors.route();
    }

    JobProgress progress() {
        return progress;
    }

    /** How long to wait after a failure; short again when bytes have come since the last one. For the thread that runs it. */
    long pause(Haste haste) {
        long received = progress.receivedBytes();
        if (received > receivedBefore) {
            backoff.reset();
        }
        receivedBefore = received;
        return backoff.nextNanos(haste);
    }

    /** Whether bytes have come since this was said last, or it never was; so a transfer that is tried for weeks fills no log. */
    boolean isNews(String sentence) {
        long received = progress.receivedBytes();
        if (said.size() >= MOST_SAID) {
            said.clear();
        }
        Long before = said.put(sentence, received);
        return before == null || before != received;
    }

    Backoff newBackoff() {
        return new Backoff(settings);
    }

    /** The image's own tag, which is set last. */
    Optional<TagPart> mainTag() {
        List<TagPart> tags = transfer.tags();
        return tags.isEmpty() ? Optional.empty() : Optional.of(tags.get(tags.size() - 1));
    }

    /** The registry claims the blob but is not believed: it is sent again. */
    void distrust(String blob) {
        distrusted.add(blob);
        progress.lost(blob);
    }

    boolean isDistrusted(String blob) {
        return distrusted.contains(blob);
    }

    void trust(String blob) {
        distrusted.remove(blob);
    }

    /** The registry had wrong bytes in the blob and it was sent again: unless it proves right, that did not help. */
    void sentInVain(String blob) {
        sentInVain.add(blob);
    }

    boolean isSentInVain(String blob) {
        return sentInVain.contains(blob);
    }

    void forgetSentInVain(String blob) {
        sentInVain.remove(blob);
    }

    /** Ends it with this state; its threads notice soon. */
    void stop(TransferState end, String reason) {
        if (progress.state(end)) {
            halt(reason);
        }
    }

    /** Ends its work but not the transfer, as when the engine closes. */
    void halt(String reason) {
        stopped = requireNonNull(reason, "reason is null");
        onStop.forEach(Runnable::run);
    }

    void whenStopped(Runnable task) {
        onStop.add(task);
        if (stopped != null) {
            task.run();
        }
    }

    void forgetStop(Runnable task) {
        onStop.remove(task);
    }

    boolean isStopped() {
        return stopped != null;
    }

    void requireRunning() throws JobStopped {
        String reason = stopped;
        if (reason != null) {
            throw new JobStopped(reason);
        }
    }

    /** Whether it waits for the end of a pause. */
    void parked(boolean waits) {
        parked = waits;
    }

    boolean isParked() {
        return parked;
    }

    /** The name of the image, as REPOSITORY:TAG. */
    String image() {
        return transfer.repository() + ":" + mainTag().map(TagPart::tag).orElse("");
    }

    /** It is tried again at that time of {@code System.nanoTime()}. */
    void tryAt(long nanoTime) {
        nextTry.set(nanoTime);
    }

    /** If it waits for another try, that comes now. */
    void hurry() {
        long planned = nextTry.get();
        if (planned != NEVER) {
            nextTry.compareAndSet(planned, System.nanoTime());
        }
    }

    /** Whether its next try is due; true once for each. */
    boolean takeTry(long now) {
        long planned = nextTry.get();
        return planned != NEVER && planned - now <= 0 && nextTry.compareAndSet(planned, NEVER);
    }

    @Override
    public String toString() {
        return transfer.id() + " (" + transfer.repository()
                + mainTag()
                        .map(tag -> ":" + tag.tag() + " generation " + tag.generation())
                        .orElse("") + ")";
    }
}
