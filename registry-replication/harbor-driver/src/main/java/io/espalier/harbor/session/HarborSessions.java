package io.espalier.harbor.session;

import static java.util.Objects.requireNonNull;

import io.espalier.harbor.call.Patience;
import io.espalier.harbor.error.HarborException;
import io.espalier.harbor.node.HarborNode;
import java.util.HashMap;
import java.util.Map;

/** One session for each Harbor, opened when it is first needed. Thread-safe. */
public final class HarborSessions implements AutoCloseable {
    private final Patience patience;
    private final Map<HarborNode, HarborSession> sessions = new HashMap<>();

    private HarborSessions(Patience patience) {
        this.patience = requireNonNull(patience, "patience is null");
    }

    public static HarborSessions create() {
        return new HarborSessions(Patience.DEFAULT);
    }

    public static HarborSessions create(Patience patience) {
        return new HarborSessions(patience);
    }

    /** The session of this Harbor; another one after its address or credentials have changed. */
    public synchronized HarborSession of(HarborNode node) throws HarborException {
        HarborSession open = sessions.get(node);
        if (open == null) {
            open = HarborSession.open(node, patience);
            sessions.put(node, open);
        }
        return open;
    }

    @Override
    public synchronized void close() {
        sessions.values().forEach(HarborSession::close);
        sessions.clear();
    }
}
