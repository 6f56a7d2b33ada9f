package io.espalier.replication.store;

import io.espalier.relay.protocol.NodeId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Members, join tokens and certificates. Thread-safe, blocking; every method throws {@link StoreException}. */
public interface NodeStore {
    /**
     * A member as it is kept.
     *
     * @param serial of its present certificate, hexadecimal
     * @param remoteAddress from where it came last; empty when never
     */
    record NodeRow(
            NodeId id,
            String host,
            int port,
            String registry,
            String site,
            boolean master,
            String serial,
            Instant joined,
            Instant lastSeen,
            String remoteAddress) {}

    /**
     * A join token; only its hash is kept.
     *
     * @param uses how often it may still be used
     */
    record TokenRow(String sha256, Instant expires, int uses) {}

    List<NodeRow> nodes();

    Optional<NodeRow> node(NodeId id);

    /** Inserts or replaces. */
    void save(NodeRow node);

    /**
     * In one transaction: removes the member with its measurements and its part of unfinished transfers, and revokes its certificates.
     *
     * @return serial numbers that are revoked now and not expired yet, those of others too
     */
    List<String> remove(NodeId id, Instant now);

    void saveToken(TokenRow token);

    /** Whether a token has a use left and has not expired. */
    boolean hasToken(String sha256, Instant now);

    /** Takes one use of a token that has not expired; false when there is none. */
    boolean useToken(String sha256, Instant now);

    /** Forgets every token. */
    void removeTokens();

    /** Notes a certificate that was issued, so that removing the node revokes it. */
    void issued(NodeId node, String serial, Instant expires);

    /** Serial numbers that are revoked and not expired yet. */
    List<String> revoked(Instant now);
}
