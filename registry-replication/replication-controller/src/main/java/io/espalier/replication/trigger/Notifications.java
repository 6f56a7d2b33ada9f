package io.espalier.replication.trigger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Takes the notifications of the master's registry. Quick: it parses and queues, the work is done elsewhere. Thread-safe.
 *
 * <p>Writes of relays are recognised by their user agent and left out, so that a registry that notifies about what was
 * replicated to it starts nothing.
 */
public final class Notifications {
    /** What came of one. */
    public enum Outcome {
        /** Read and queued. */
        TAKEN,
        /** The token is missing or wrong. */
        FORBIDDEN,
        /** Too much is waiting; the registry sends it again. */
        BUSY
    }

    private final byte[] token;
    private final List<String> ownAgents;
    private final TagListener listener;
    private final Runnable deleted;
    private final EnvelopeReader reader = new EnvelopeReader();
    private final LongAdder events = new LongAdder();
    private final LongAdder own = new LongAdder();

    /**
     * A receiver.
     *
     * @param token that the registry must send as a bearer token or as a basic password; empty to take all
     * @param ownAgents beginnings of user agents whose pushes are left out
     * @param deleted called when the registry tells that something was deleted; must not block
     */
    public Notifications(String token, List<String> ownAgents, TagListener listener, Runnable deleted) {
        this.deleted = requireNonNull(deleted, "deleted is null");
        this.token = token.isEmpty() ? new byte[0] : sha256(token.getBytes(UTF_8));
        this.ownAgents = List.copyOf(ownAgents);
        this.listener = requireNonNull(listener, "listener is null");
    }

    /** The same, deaf to deletes. */
    public Notifications(String token, List<String> ownAgents, TagListener listener) {
        this(token, ownAgents, listener, () -> {});
    }

    /**
     * Takes one notification.
     *
     * @param authorization the header of that name; null when there is none
     * @throws IllegalArgumentException with a sentence when the body is no envelope of events
     */
    public Outcome receive(@Nullable String authorization, byte[] body) {
        if (token.length > 0 && !MessageDigest.isEqual(token, sha256(secretOf(authorization)))) {
            return Outcome.FORBIDDEN;
        }
        EnvelopeReader.Envelope envelope = reader.read(body);
        if (envelope.deletes()) {
            deleted.run();
        }
        for (PushEvent event : envelope.pushes()) {
            if (ownAgents.stream().anyMatch(event.userAgent()::startsWith)) {
                own.increment();
            } else if (listener.changed(event.repository(), event.reference(), event.digest())) {
                events.increment();
            } else {
                return Outcome.BUSY;
            }
        }
        return Outcome.TAKEN;
    }

    /** Pushes that were queued. */
    public long events() {
        return events.sum();
    }

    /** Pushes of relays that were left out. */
    public long ownEvents() {
        return own.sum();
    }

    private static byte[] secretOf(@Nullable String authorization) {
        String header = authorization == null ? "" : authorization.strip();
        int space = header.indexOf(' ');
        String scheme = space < 0 ? "" : header.substring(0, space).toLowerCase(Locale.ROOT);
        String value = header.substring(space + 1).strip();
        if (scheme.equals("bearer")) {
            return value.getBytes(UTF_8);
        }
        return scheme.equals("basic") ? password(value) : new byte[0];
    }

    private static byte[] password(String base64) {
        try {
            String pair = new String(Base64.getDecoder().decode(base64), UTF_8);
            return pair.substring(pair.indexOf(':') + 1).getBytes(UTF_8);
        } catch (IllegalArgumentException noBase64) {
            return new byte[0];
        }
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("This Java has no SHA-256; use a complete JDK.", e);
        }
    }
}
