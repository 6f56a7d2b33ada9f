package io.espalier.relay.act;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.permission.Permission;
import io.espalier.relay.permission.PermissionCheck;
import io.espalier.relay.permission.PermissionException;
import io.espalier.relay.protocol.ActAnswer;
import io.espalier.relay.protocol.ActRequest;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.NodeMessage;
import io.espalier.relay.protocol.NodeMessage.Acted;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The target's side: checks a permission, acts, and tells the master what came of it, also when it refused. Thread-safe. */
public final class ActDesk {
    private static final int MAX_TOLD_CHARS = 900;
    private static final int REFUSALS_A_MINUTE = 60;
    private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final Logger LOG = LoggerFactory.getLogger(ActDesk.class);

    private final PermissionCheck check;
    private final NodeActs acts;
    private final Consumer<NodeMessage> master;
    private long minuteBegan = System.nanoTime();
    private int refusals;

    /** @param master hears what was done; must not block */
    public ActDesk(PermissionCheck check, NodeActs acts, Consumer<NodeMessage> master) {
        this.check = requireNonNull(check, "check is null");
        this.acts = requireNonNull(acts, "acts is null");
        this.master = requireNonNull(master, "master is null");
    }

    /**
     * Does what is permitted.
     *
     * @param holder who asks, proved by its certificate
     * @throws PermissionException when the permission does not hold; nothing was done then
     */
    public ActAnswer act(NodeId holder, ActRequest request) throws PermissionException {
        Permission permission;
        try {
            permission = check.use(holder, request);
        } catch (PermissionException refused) {
            if (mayTellRefusal()) {
                LOG.warn("Node {} showed a permission that does not hold: {}", holder, refused.sentence());
                tell(refused.permission(), holder, "REFUSED", refused.code() + ": " + refused.sentence());
            }
            throw refused;
        }
        ActAnswer answer = answer(holder, permission);
        LOG.info("'{} {}' for node {}: {}", request.action(), request.subject(), holder, answer.sentence());
        tell(permission.id(), holder, answer.done() ? "DONE" : "FAILED", answer.sentence());
        return answer;
    }

    /** Who shows nonsense again and again fills neither the log nor the link to the master. */
    private synchronized boolean mayTellRefusal() {
        long now = System.nanoTime();
        if (now - minuteBegan > MINUTE_NANOS) {
            minuteBegan = now;
            refusals = 0;
        }
        return ++refusals <= REFUSALS_A_MINUTE;
    }

    private ActAnswer answer(NodeId holder, Permission permission) {
        try {
            return acts.act(holder, permission.action(), permission.subject());
        } catch (RuntimeException e) {
            LOG.error("'{} {}' failed unexpectedly.", permission.action().word(), permission.subject(), e);
            return ActAnswer.failed("It failed unexpectedly; the log of the target says why.");
        }
    }

    private void tell(String permission, NodeId holder, String outcome, String sentence) {
        String told = sentence.length() <= MAX_TOLD_CHARS ? sentence : sentence.substring(0, MAX_TOLD_CHARS) + "...";
        master.accept(new Acted(permission, holder, outcome, told));
    }
}
