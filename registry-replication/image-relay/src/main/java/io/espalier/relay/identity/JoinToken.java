package io.espalier.relay.identity;

import static java.util.Objects.requireNonNull;

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

    /** The whole token, to be given to a node. */
    public String reveal() {
        return secret + "." + authority;
    }

    @Override
    public String toString() {
        return "***." + authority;
    }
}
