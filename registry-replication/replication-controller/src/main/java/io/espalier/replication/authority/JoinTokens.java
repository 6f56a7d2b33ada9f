package io.espalier.replication.authority;

import static java.util.Objects.requireNonNull;

import io.espalier.replication.store.NodeStore;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives out join tokens and takes them back. A secret has 256 random bits and is looked up by its hash, so that neither the
 * database nor the time of a comparison tells anything of it. Thread-safe.
 */
public final class JoinTokens {
    public static final Duration DEFAULT_LIFE = Duration.ofHours(24);
    public static final int UNLIMITED = Integer.MAX_VALUE;
    /** The most uses that an operator may ask for. */
    public static final int MAX_USES = 999_999;

    private static final Duration MAX_LIFE = Duration.ofDays(366);
    private static final int SECRET_BYTES = 32;
    private static final Logger LOG = LoggerFactory.getLogger(JoinTokens.class);

    private final NodeStore store;
    private final CertificateAuthority authority;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    public JoinTokens(NodeStore store, CertificateAuthority authority, Clock clock) {
        this.store = requireNonNull(store, "store is null");
        this.authority = requireNonNull(authority, "authority is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /**
     * Makes a token, {@code SECRET.CAFINGERPRINT}; it is shown this once, only its hash is kept.
     *
     * @param life at most 366 days
     * @param uses how many nodes may join with it, or {@link #UNLIMITED}
     * @throws IllegalArgumentException with a sentence
     */
    public String create(Duration life, int uses) {
        if (life.isNegative() || life.isZero() || life.compareTo(MAX_LIFE) > 0) {
            throw new IllegalArgumentException("A join token cannot live for " + life + "; use up to 366 days.");
        }
        if (uses < 1) {
            throw new IllegalArgumentException("A join token cannot have " + uses + " uses; use 1 or more.");
        }
        byte[] bytes = new byte[SECRET_BYTES];
        random.nextBytes(bytes);
        String secret = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        store.saveToken(new NodeStore.TokenRow(hash(secret), clock.instant().plus(life), uses));
        LOG.info("A join token for {} and {} uses was created.", life, uses == UNLIMITED ? "unlimited" : uses);
        return secret + "." + authority.fingerprint();
    }

    /** Takes back every token that was given out; nodes that have joined stay. */
    public void revokeAll() {
        store.removeTokens();
        LOG.info("All join tokens were revoked.");
    }

    /** Takes one use; false when the secret is wrong, spent or expired. */
    boolean use(String secret) {
        return store.useToken(hash(secret), clock.instant());
    }

    /** Whether it could be used now; takes no use. */
    boolean isGood(String secret) {
        return store.hasToken(hash(secret), clock.instant());
    }

    static String hash(String secret) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("This Java has no SHA-256.", e);
        }
    }
}
