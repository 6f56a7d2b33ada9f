package io.espalier.replication.store;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.NodeId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;

/** Images that are gone from the master's registry. Thread-safe, blocking; every method throws {@link StoreException}. */
public interface RemovalStore {
    /** How far a removal is. */
    enum State {
        /** Gone for less than the time after which nodes are told. */
        GRACE,
        /** An operator must look first. */
        HELD,
        /** Nodes keep it, because the policy says so. */
        KEPT,
        /** Nodes keep it, because an operator said so. */
        REJECTED,
        /** Nodes are told. */
        ORDERED,
        /** Every node has answered for good. */
        DONE
    }

    /**
     * A tag that is gone.
     *
     * @param digest that it had
     * @param generation of the removal, above all of the tag before; 0 until nodes are told
     * @param byHand whether an operator ordered it, whatever the policy
     * @param reason why it is held or kept; else empty
     * @param body the order to nodes as JSON; empty until they are told
     * @param seen when it was first found gone
     * @param changed when the state changed last
     */
    record RemovalRow(
            String id,
            String repository,
            String tag,
            String digest,
            long generation,
            State state,
            boolean byHand,
            String reason,
            String body,
            Instant seen,
            Instant changed) {
        public RemovalRow {
            requireNonNull(id, "id is null");
            requireNonNull(repository, "repository is null");
            requireNonNull(tag, "tag is null");
            requireNonNull(digest, "digest is null");
            requireNonNull(state, "state is null");
            requireNonNull(reason, "reason is null");
            requireNonNull(body, "body is null");
            requireNonNull(seen, "seen is null");
            requireNonNull(changed, "changed is null");
        }

        /** The same with the id of another, in whose place it is stored. */
        public RemovalRow as(String other) {
            return new RemovalRow(
                    other, repository, tag, digest, generation, state, byHand, reason, body, seen, changed);
        }

        /** The same in another state. */
        public RemovalRow in(State now, String why, Instant at) {
            return new RemovalRow(id, repository, tag, digest, generation, now, byHand, why, body, seen, at);
        }
    }

    /**
     * A node's part of a removal.
     *
     * @param outcome word of a {@code RemovalOutcome}; empty until the node has answered
     * @param sentence what it said; may be empty
     */
    record RemovalPart(String removal, NodeId node, String outcome, String sentence, int tries, Instant at) {
        public RemovalPart {
            requireNonNull(removal, "removal is null");
            requireNonNull(node, "node is null");
            requireNonNull(outcome, "outcome is null");
            requireNonNull(sentence, "sentence is null");
            requireNonNull(at, "at is null");
        }
    }

    /** All that are not {@link State#DONE}, the oldest first. */
    List<RemovalRow> open();

    /** Those that are done, newest first. */
    List<RemovalRow> done(int limit);

    /** Inserts; fails when the id is taken. */
    void add(RemovalRow removal);

    /** Inserts or replaces by id. */
    void save(RemovalRow removal);

    /** Forgets it with its parts. */
    void forget(String id);

    /**
     * In one transaction: notes that nodes are told of a removal, gives the tag its next generation, and marks its transfers as
     * superseded, so that a push of the tag makes a new one.
     *
     * @param nodes that are to be told
     * @param body makes the order's JSON for a generation
     * @return the row as it is now; empty, and nothing is changed, when the tag has another digest by now
     */
    Optional<RemovalRow> order(RemovalRow removal, List<NodeId> nodes, Instant now, LongFunction<String> body);

    /** Inserts or replaces by (removal, node); left out when the removal is no longer known. */
    void save(RemovalPart part);

    List<RemovalPart> parts(String removal);

    /** Those of all removals that are not {@link State#DONE}. */
    List<RemovalPart> openParts();

    /** Forgets a node's parts. */
    void forget(NodeId node);

    /** The largest of all that were not forgotten; 0 for none. */
    long newestGeneration();

    /** Forgets those that were done before. */
    int prune(Instant before);
}
