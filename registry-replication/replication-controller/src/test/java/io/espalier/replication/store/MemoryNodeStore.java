package io.espalier.replication.store;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.NodeId;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A node store in memory that can be away, as a database is. */
public final class MemoryNodeStore implements NodeStore {
    private record Certificate(NodeId node, String serial, Instant expires, boolean revoked) {}

    private final Map<NodeId, NodeRow> nodes = new LinkedHashMap<>();
    private final Map<String, TokenRow> tokens = new LinkedHashMap<>();
    private final List<Certificate> certificates = new ArrayList<>();
    private boolean away;
    private boolean revocationsAway;

    /** While true every call fails. */
    public synchronized void away(boolean now) {
        away = now;
    }

    /** From now on the list of revocations cannot be read by itself. */
    public synchronized void loseRevocations() {
        revocationsAway = true;
    }

    private void requireThere() {
        if (away) {
            throw new StoreException("The database is away.", new IOException("switched off"));
        }
    }

    @Override
    public synchronized List<NodeRow> nodes() {
        requireThere();
        return List.copyOf(nodes.values());
    }

    @Override
    public synchronized Optional<NodeRow> node(NodeId id) {
        requireThere();
        return Optional.ofNullable(nodes.get(id));
    }

    @Override
    public synchronized void save(NodeRow node) {
        requireThere();
        nodes.put(node.id(), node);
    }

    @Override
    public synchronized List<String> remove(NodeId id, Instant now) {
        requireThere();
        nodes.remove(id);
        certificates.replaceAll(
                one -> one.node.equals(id) ? new Certificate(one.node, one.serial, one.expires, true) : one);
        return notExpired(now);
    }

    @Override
    public synchronized void saveToken(TokenRow token) {
        requireThere();
        tokens.put(token.sha256(), token);
    }

    @Override
    public synchronized boolean hasToken(String sha256, Instant now) {
        requireThere();
        TokenRow token = tokens.get(sha256);
        return token != null && token.uses() > 0 && now.isBefore(token.expires());
    }

    @Override
    public synchronized boolean useToken(String sha256, Instant now) {
        if (!hasToken(sha256, now)) {
            return false;
        }
        TokenRow token = requireNonNull(tokens.get(sha256));
        tokens.put(sha256, new TokenRow(sha256, token.expires(), token.uses() - 1));
        return true;
    }

    @Override
    public synchronized void removeTokens() {
        requireThere();
        tokens.clear();
    }

    @Override
    public synchronized void issued(NodeId node, String serial, Instant expires) {
        requireThere();
        certificates.add(new Certificate(node, serial, expires, false));
    }

    @Override
    public synchronized List<String> revoked(Instant now) {
        requireThere();
        if (revocationsAway) {
            throw new StoreException("The database is away.", new IOException("switched off"));
        }
        return notExpired(now);
    }

    private List<String> notExpired(Instant now) {
        return certificates.stream()
                .filter(one -> one.revoked && now.isBefore(one.expires))
                .map(Certificate::serial)
                .toList();
    }
}
