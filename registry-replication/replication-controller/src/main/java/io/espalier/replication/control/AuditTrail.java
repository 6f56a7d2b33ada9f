package io.espalier.replication.control;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.NodeId;
import io.espalier.replication.store.ControlStore;
import io.espalier.replication.store.ControlStore.RequestRow;
import io.espalier.replication.store.StoreException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The requests of nodes in the store, bounded by age and number. Thread-safe. */
public final class AuditTrail {
    private static final int PRUNE_EVERY = 100;
    private static final int MAX_NAME_CHARS = 63;
    private static final int MAX_ACTION_CHARS = 40;
    private static final int MAX_SUBJECT_CHARS = 400;
    private static final int MAX_TEXT_CHARS = 1_000;
    private static final Logger LOG = LoggerFactory.getLogger(AuditTrail.class);
    private static final Duration SOON = Duration.ofSeconds(1);

    private final ControlStore store;
    private final ControlSettings settings;
    private final Clock clock;
    private final AtomicInteger noted = new AtomicInteger();
    private Instant latest = Instant.EPOCH;

    public AuditTrail(ControlStore store, ControlSettings settings, Clock clock) {
        this.store = requireNonNull(store, "store is null");
        this.settings = requireNonNull(settings, "settings is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /**
     * Keeps a request with the master's word on it.
     *
     * @throws StoreException when the database is away; then nothing may be granted
     */
    void note(String id, String node, String action, String target, String subject, boolean granted, String reason) {
        if (noted.getAndIncrement() % PRUNE_EVERY == 0) {
            store.prune(clock.instant().minus(settings.auditAge()), settings.auditRows());
        }
        store.note(new RequestRow(
                id,
                nextMoment(),
                cut(node, MAX_NAME_CHARS),
                cut(action, MAX_ACTION_CHARS),
                cut(target, MAX_NAME_CHARS),
                cut(subject, MAX_SUBJECT_CHARS),
                granted,
                cut(reason, MAX_TEXT_CHARS),
                "",
                "",
                Optional.empty()));
    }

    /**
     * Keeps what an operator decides at the master.
     *
     * @param who where it comes from: an address, or the shell
     * @throws StoreException when the database is away; then it may not be done
     */
    public void decided(String who, String action, String subject) {
        note(
                UUID.randomUUID().toString(),
                who,
                action,
                "master",
                subject,
                true,
                "An operator at the master may do everything.");
    }

    /** Later than that of any request of the same second, so that they are shown in their order. */
    private synchronized Instant nextMoment() {
        Instant now = now();
        boolean tied = !now.isAfter(latest) && Duration.between(now, latest).compareTo(SOON) < 0;
        latest = tied ? latest.plusMillis(1) : now;
        return latest;
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    /** What others sent is kept without control characters, and never makes a row that does not fit. */
    private static String cut(String text, int chars) {
        String plain = text.replaceAll("\\p{Cntrl}", "?");
        return plain.length() <= chars ? plain : plain.substring(0, chars - 3) + "...";
    }

    /** Keeps what the target did; the request when it was open until now. */
    Optional<RequestRow> answered(String id, NodeId target, String outcome, String answer) {
        return store.answered(id, target, cut(outcome, 16), cut(answer, MAX_TEXT_CHARS), now())
                ? store.request(id)
                : Optional.empty();
    }

    Optional<RequestRow> find(String id) {
        return store.request(id);
    }

    /** The latest first. */
    public List<RequestRow> latest(Optional<NodeId> node, int limit) {
        return store.requests(node, limit);
    }

    void failed(String what, StoreException e) {
        LOG.warn("The audit of control does not have {}: {}", what, e.getMessage());
    }
}
