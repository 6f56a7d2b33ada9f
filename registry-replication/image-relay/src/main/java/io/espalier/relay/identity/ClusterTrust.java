package io.espalier.relay.identity;

import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Trusts what one authority signed itself, for its purpose, within its time and not revoked. */
final class ClusterTrust extends ExtendedTrust {
    private static final String SERVER = "1.3.6.1.5.5.7.3.1";
    private static final String CLIENT = "1.3.6.1.5.5.7.3.2";

    private final Function<X509Certificate[], @Nullable X509Certificate> authority;
    private final Predicate<String> revoked;
    private final Clock clock;

    /**
     * @param authority the trusted authority, given what the peer sent; null when there is none
     * @param revoked asked with the serial number in lower-case hexadecimal
     */
    ClusterTrust(
            Function<X509Certificate[], @Nullable X509Certificate> authority, Predicate<String> revoked, Clock clock) {
        this.authority = authority;
        this.revoked = revoked;
        this.clock = clock;
    }

    static String serial(X509Certificate certificate) {
        return certificate.getSerialNumber().toString(16).toLowerCase(Locale.ROOT);
    }

    private void check(X509Certificate @Nullable [] chain, String purpose) throws CertificateException {
        if (chain == null || chain.length == 0) {
            throw new CertificateException("The peer showed no certificate.");
        }
        X509Certificate trusted = authority.apply(chain);
        if (trusted == null) {
            throw new CertificateException(
                    "No authority is known that could vouch for " + chain[0].getSubjectX500Principal()
                            + "; the node has not joined, or the peer is of another cluster.");
        }
        X509Certificate own = chain[0];
        checkPath(own, trusted);
        List<String> purposes = own.getExtendedKeyUsage();
        if (own.getBasicConstraints() >= 0
                || purposes == null
                || !Set.copyOf(purposes).contains(purpose)) {
            throw new CertificateException(own.getSubjectX500Principal() + " is no certificate of a node.");
        }
        if (revoked.test(serial(own))) {
            throw new CertificateException("The certificate of " + own.getSubjectX500Principal() + " is revoked.");
        }
    }

    /** RFC 5280, 6; revocation is checked by the list of the master. */
    private void checkPath(X509Certificate own, X509Certificate trusted) throws CertificateException {
        try {
            PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(trusted, null)));
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(clock.instant()));
            CertPathValidator.getInstance("PKIX")
                    .validate(CertificateFactory.getInstance("X.509").generateCertPath(List.of(own)), parameters);
        } catch (GeneralSecurityException e) {
            throw new CertificateException(
                    "The certificate of " + own.getSubjectX500Principal() + " is not accepted: " + e.getMessage(), e);
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        check(chain, CLIENT);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        check(chain, SERVER);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        X509Certificate trusted = authority.apply(new X509Certificate[0]);
        return trusted == null ? new X509Certificate[0] : new X509Certificate[] {trusted};
    }
}
