package io.espalier.relay.act;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.permission.PermissionException;
import io.espalier.relay.protocol.ActAnswer;
import io.espalier.relay.protocol.ActRequest;
import io.espalier.relay.protocol.MasterMessage;
import io.espalier.relay.protocol.MasterMessage.Granted;
import io.espalier.relay.protocol.MasterMessage.Refused;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.NodeMessage;
import io.espalier.relay.protocol.NodeMessage.Ask;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/** The holder's side: asks the master, waits for its word, and carries the permission to the target. Thread-safe. */
public final class Requests {
    private static final int MOST_OPEN = 16;

    private final NodeId self;
    private final Predicate<NodeMessage> master;
    private final ActDesk own;
    private final PermissionCarrier carrier;
    private final Duration limit;
    private final Map<String, CompletableFuture<MasterMessage>> open = new ConcurrentHashMap<>();

    /**
     * Requests of this node.
     *
     * @param master sends at once; false when there is no link now
     * @param own acts when this node itself is the target
     * @param limit for the master's answer
     */
    public Requests(
            NodeId self, Predicate<NodeMessage> master, ActDesk own, PermissionCarrier carrier, Duration limit) {
        this.self = requireNonNull(self, "self is null");
        this.master = requireNonNull(master, "master is null");
        this.own = requireNonNull(own, "own is null");
        this.carrier = requireNonNull(carrier, "carrier is null");
        this.limit = requireNonNull(limit, "limit is null");
    }

    /**
     * Asks and, if it is granted, acts; blocks meanwhile.
     *
     * @param action word of an action
     * @param target name of a node; empty for the one that usually does this
     * @param subject an image as REPOSITORY:TAG, or a repository; empty for all
     * @return what the target answered
     * @throws IllegalStateException with a sentence when it was refused, or master or target did not answer
     */
    public ActAnswer request(String action, String target, String subject) {
        MasterMessage word = word(action, target, subject);
        if (word instanceof Refused refused) {
            throw new IllegalStateException("The master refuses: " + refused.reason());
        }
        Granted granted = (Granted) word;
        ActRequest request = new ActRequest(granted.permission(), action, subject);
        try {
            return granted.target().node().equals(self)
                    ? own.act(self, request)
                    : carrier.carry(granted.target(), request);
        } catch (PermissionException | IOException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    private MasterMessage word(String action, String target, String subject) {
        String id = UUID.randomUUID().toString();
        CompletableFuture<MasterMessage> answer = new CompletableFuture<>();
        if (open.size() >= MOST_OPEN) {
            throw new IllegalStateException(
                    "This node waits for " + MOST_OPEN + " answers of the master already; try again later.");
        }
        open.put(id, answer);
        try {
            if (!master.test(new Ask(id, action, target, subject))) {
                throw new IllegalStateException(
                        "This node is not connected to its master, and nobody else can permit anything; relay:status says why.");
            }
            return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException(
                    "The master did not answer within " + limit.toSeconds() + " s; try again, or look into its log.",
                    e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    e.getCause() == null
                            ? e.toString()
                            : String.valueOf(e.getCause().getMessage()),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("The request was interrupted.", e);
        } finally {
            open.remove(id);
        }
    }

    /**
     * Takes a word of the master.
     *
     * @return false when it is none for this
     */
    public boolean accept(MasterMessage message) {
        String id = message instanceof Granted granted
                ? granted.request()
                : message instanceof Refused refused ? refused.request() : "";
        CompletableFuture<MasterMessage> waiting = open.get(id);
        if (waiting != null) {
            waiting.complete(message);
        }
        return !id.isEmpty();
    }

    /** The link to the master is gone, and with it what was asked. */
    public void away(String reason) {
        open.values()
                .forEach(waiting -> waiting.completeExceptionally(
                        new IllegalStateException("The link to the master broke before it answered (" + reason
                                + "); a master of an older release does that, else try again.")));
    }
}
