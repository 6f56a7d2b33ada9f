package io.espalier.relay.identity;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.IssuedCertificate;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an operator gives to a node that is to join: {@code SECRET.CAFINGERPRINT}. By the fingerprint the node knows the right
 * master before it shows the secret.
 *
 * @param secret shown to the master alone
 * @param authority SHA-256 of the cluster's CA certificate, 64 lower-case hexadecimal digits
 */
public record JoinToken(String secret, String authority) {
    private static final Pattern FORM = Pattern.compile("([A-Za-z0-9_-]{16,256})\\.([0-9a-fA-F]{64})");

    public JoinToken {
        requireNonNull(secret, "secret is null");
        requireNonNull(authority, "authority is null");
    }

    /**
     * Reads a token as it was given out.
     *
     * @throws IllegalArgumentException with a sentence that does not show the token
     */
    public static JoinToken parse(String text) {
        Matcher token = FORM.matcher(text.strip());
        if (!token.matches()) {
            throw new IllegalArgumentException(
                    "The join token is not of the form SECRET.FINGERPRINT; copy all of it as the"
                            + " master printed it, or create a new one there.");
        }
        return new JoinToken(token.group(1), token.group(2).toLowerCase(Locale.ROOT));
    }

    /** Whether a certificate comes with the authority that the token names. */
    public boolean vouchesFor(IssuedCertificate issued) {
        try {
            List<X509Certificate> authorities = Pem.certificates(issued.authority());
            return authorities.size() == 1
                    && PeerTrust.fingerprint(authorities.get(0)).equals(authority);
        } catch (CertificateException noCertificate) {
            return false;
        }
    }

    /** SHA-256 of the whole token, by which it is known again but cannot be used. */
    String mark() {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(reveal().getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("This Java has no SHA-256.", e);
        }
    }

    /** The whole token, to be given to a node. */
    public String reveal() {
        return secret + "." + authority;
    }

    @Override
    public String toString() {
        return "***." + authority;
    }
}
