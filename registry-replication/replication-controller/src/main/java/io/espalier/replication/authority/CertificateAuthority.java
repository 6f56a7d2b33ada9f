package io.espalier.replication.authority;

import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;

/** The cluster's certificate authority. Thread-safe. */
public final class CertificateAuthority {
    private CertificateAuthority() {}

    /**
     * Opens {@code data/replication/authority}; makes folder, key and certificate on first use.
     *
     * @param life of the certificates of nodes, usually 30 days
     */
    public static CertificateAuthority open(Path folder, String cluster, Duration life, Clock clock)
            throws AuthorityException {
        throw new UnsupportedOperationException();
    }

    public X509Certificate certificate() {
        throw new UnsupportedOperationException();
    }

    /** SHA-256 of the certificate, 64 lower-case hexadecimal digits; the second half of every join token. */
    public String fingerprint() {
        throw new UnsupportedOperationException();
    }
}
