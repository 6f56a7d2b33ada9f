package io.espalier.collector.file;

import static java.util.Objects.requireNonNull;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The first bytes of a file in short form, so that a file is not taken for another that has its inode.
 *
 * <p>A file shorter than {@link #FULL_LENGTH} has a fingerprint of what there is, which grows with the file.
 *
 * @param length how many first bytes are covered
 * @param sha256 the SHA-256 of those bytes, in hexadecimal digits
 */
public record Fingerprint(int length, String sha256) {
    /** How many first bytes are looked at, at most. */
    public static final int FULL_LENGTH = 1024;

    public Fingerprint {
        requireNonNull(sha256, "sha256 is null");
        if (length < 0 || length > FULL_LENGTH) {
            throw new IllegalArgumentException("length is " + length + "; it is 0 to " + FULL_LENGTH + ".");
        }
    }

    /** The fingerprint of a file that starts with these bytes. */
    public static Fingerprint of(byte[] prefix) {
        int length = Math.min(prefix.length, FULL_LENGTH);
        return new Fingerprint(length, hash(prefix, length));
    }

    /** Whether a file that starts with {@code prefix} can be the file that this was taken of. */
    public boolean matches(byte[] prefix) {
        return prefix.length >= length && hash(prefix, length).equals(sha256);
    }

    private static String hash(byte[] bytes, int length) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes, 0, length);
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java runtime has SHA-256, but this one does not.", e);
        }
    }
}
