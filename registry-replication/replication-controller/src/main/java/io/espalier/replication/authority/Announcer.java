package io.espalier.replication.authority;

import static java.util.Objects.requireNonNull;

import io.espalier.replication.member.MemberListener;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the listeners; one that fails does not keep the others from hearing. */
final class Announcer {
    private static final Logger LOG = LoggerFactory.getLogger(Announcer.class);

    private final List<MemberListener> listeners = new CopyOnWriteArrayList<>();

    /** Returns what takes it away again. */
    Runnable add(MemberListener listener) {
        listeners.add(requireNonNull(listener, "listener is null"));
        return () -> listeners.remove(listener);
    }

    void tell(Consumer<MemberListener> news) {
        for (MemberListener listener : listeners) {
            try {
                news.accept(listener);
            } catch (RuntimeException e) {
                LOG.error("A listener of the membership failed; the others are told.", e);
            }
        }
    }
}
