package io.espalier.replication.store;

import io.espalier.relay.protocol.NodeId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Rules of control and the audit of requests. Thread-safe, blocking; every method throws {@link StoreException}. */
public interface ControlStore {
    /**
     * Somebody may do something.
     *
     * @param node glob of the names of those who may
     * @param actions words with commas between them
     * @param target glob of names, or self or master
     * @param repositories globs with commas between them
     */
    record RuleRow(String id, String node, String actions, String target, String repositories, Instant made) {}

    /**
     * A request and what became of it.
     *
     * @param id of the permission when it was granted
     * @param action as it was asked for, which may be nonsense
     * @param reason the rule that granted it, or the sentence that refused it
     * @param outcome what the target said: DONE or FAILED; empty while it has said nothing
     * @param answered when the target said it
     */
    record RequestRow(
            String id,
            Instant asked,
            String node,
            String action,
            String target,
            String subject,
            boolean granted,
            String reason,
            String outcome,
            String answer,
            Optional<Instant> answered) {}

    /** All, the oldest first. */
    List<RuleRow> rules();

    void save(RuleRow rule);

    /** Whether there was one. */
    boolean removeRule(String id);

    /** Keeps a new request. */
    void note(RequestRow request);

    Optional<RequestRow> request(String id);

    /** Keeps what the target said of a granted request, once; false when there is none of this target that is open. */
    boolean answered(String id, NodeId target, String outcome, String answer, Instant at);

    /**
     * The latest first.
     *
     * @param node who asked; empty for all
     */
    List<RequestRow> requests(Optional<NodeId> node, int limit);

    /** Forgets requests from before that time, and of the others the oldest, so that about so many are left; answers how many. */
    int prune(Instant before, int keep);
}
