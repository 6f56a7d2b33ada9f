package io.espalier.replication.harbor;

import io.espalier.harbor.error.HarborException;
import io.espalier.harbor.error.HarborTrouble;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Where the controller's door hands webhooks of Harbors to, while the Harbors' configuration comes and goes. Thread-safe. */
public final class HarborHooks {
    private final AtomicReference<HarborService> service = new AtomicReference<>();

    /** What came of one. */
    public enum Outcome {
        TAKEN,
        /** The token is wrong. */
        FORBIDDEN,
        /** Too much is waiting; send it again. */
        BUSY,
        /** No Harbors are configured. */
        ABSENT
    }

    void use(HarborService found) {
        service.set(found);
    }

    void forget(HarborService gone) {
        service.compareAndSet(gone, null);
    }

    /**
     * Takes one webhook: parses it, notes on disk what it tells of, and queues that. Blocks for as long as the disk takes.
     *
     * @throws IllegalArgumentException with a sentence when the body is no webhook
     */
    public Outcome receive(@Nullable String authorization, byte[] body) {
        HarborService found = service.get();
        if (found == null) {
            return Outcome.ABSENT;
        }
        try {
            return found.heard(authorization, body) ? Outcome.TAKEN : Outcome.BUSY;
        } catch (HarborException e) {
            if (e.trouble() == HarborTrouble.CREDENTIALS) {
                return Outcome.FORBIDDEN;
            }
            throw new IllegalArgumentException(e.sentence(), e);
        }
    }
}
