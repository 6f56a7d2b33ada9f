package io.espalier.replication.authority;

import io.espalier.relay.protocol.NodeId;
import io.espalier.replication.store.NodeStore;
import io.espalier.replication.store.StoreException;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A store whose saves of members fail until healed. */
final class FailingSaves implements NodeStore {
    private final NodeStore store;
    private boolean healed;

    FailingSaves(NodeStore store) {
        this.store = store;
    }

    void heal() {
        healed = true;
    }

    @Override
    public void save(NodeRow node) {
        if (!healed) {
            throw new StoreException("The disk of the database is full.", new IOException("full"));
        }
        store.save(node);
    }

    @Override
    public List<NodeRow> nodes() {
        return store.nodes();
    }

    @Override
    public Optional<NodeRow> node(NodeId id) {
        return store.node(id);
    }

    @Override
    public List<String> remove(NodeId id, Instant now) {
        return store.remove(id, now);
    }

    @Override
    public void saveToken(TokenRow token) {
        store.saveToken(token);
    }

    @Override
    public boolean hasToken(String sha256, Instant now) {
        return store.hasToken(sha256, now);
    }

    @Override
    public boolean useToken(String sha256, Instant now) {
        return store.useToken(sha256, now);
    }

    @Override
    public void removeTokens() {
        store.removeTokens();
    }

    @Override
    public void issued(NodeId node, String serial, Instant expires) {
        store.issued(node, serial, expires);
    }

    @Override
    public List<String> revoked(Instant now) {
        return store.revoked(now);
    }
}
