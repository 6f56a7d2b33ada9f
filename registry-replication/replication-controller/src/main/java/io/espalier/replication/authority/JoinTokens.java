package io.espalier.replication.authority;

import io.espalier.replication.store.NodeStore;
import java.time.Clock;
import java.time.Duration;

/** Gives out join tokens. Thread-safe. */
public final class JoinTokens {
    public static final Duration DEFAULT_LIFE = Duration.ofHours(24);
    public static final int UNLIMITED = Integer.MAX_VALUE;

    public JoinTokens(NodeStore store, CertificateAuthority authority, Clock clock) {}

    /** Makes a token, {@code SECRET.CAFINGERPRINT}; it is shown this once, only its hash is kept. */
    public String create(Duration life, int uses) {
        throw new UnsupportedOperationException();
    }
}
