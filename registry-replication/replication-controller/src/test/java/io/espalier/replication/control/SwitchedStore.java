package io.espalier.replication.control;

import io.espalier.relay.protocol.NodeId;
import io.espalier.replication.store.ControlStore;
import io.espalier.replication.store.StoreException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A store in front of another one that can be away. */
final class SwitchedStore implements ControlStore {
    private final ControlStore behind;
    private volatile boolean away;

    SwitchedStore(ControlStore behind) {
        this.behind = behind;
    }

    void away(boolean now) {
        away = now;
    }

    private ControlStore store() {
        if (away) {
            throw new StoreException("The database is away, as injected.", new SQLException("injected"));
        }
        return behind;
    }

    @Override
    public List<RuleRow> rules() {
        return store().rules();
    }

    @Override
    public void save(RuleRow rule) {
        store().save(rule);
    }

    @Override
    public boolean removeRule(String id) {
        return store().removeRule(id);
    }

    @Override
    public void note(RequestRow request) {
        store().note(request);
    }

    @Override
    public Optional<RequestRow> request(String id) {
        return store().request(id);
    }

    @Override
    public boolean answered(String id, NodeId target, String outcome, String answer, Instant at) {
        return store().answered(id, target, outcome, answer, at);
    }

    @Override
    public List<RequestRow> requests(Optional<NodeId> node, int limit) {
        return store().requests(node, limit);
    }

    @Override
    public int prune(Instant before, int keep) {
        return store().prune(before, keep);
    }
}
