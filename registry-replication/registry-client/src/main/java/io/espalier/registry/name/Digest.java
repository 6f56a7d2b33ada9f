package io.espalier.registry.name;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** A content digest, as {@code sha256:} and 64 lower-case hexadecimal digits; sha512 with 128. */
public record Digest(Algorithm algorithm, String hex) implements ManifestReference, Comparable<Digest> {
    private static final Pattern HEX = Pattern.compile("[0-9a-f]+");

    public Digest {
        requireNonNull(algorithm, "algorithm is null");
        requireNonNull(hex, "hex is null");
        if (hex.length() != algorithm.digits || !HEX.matcher(hex).matches()) {
            throw new IllegalArgumentException("Not a digest: " + Shown.of(algorithm.label + ":" + hex) + ". "
                    + algorithm.label + " has " + algorithm.digits + " lower-case hexadecimal digits.");
        }
    }

    /** The hash functions of the specification. */
    public enum Algorithm {
        SHA256("sha256", "SHA-256", 64),
        SHA512("sha512", "SHA-512", 128);

        private final String label;
        private final String jdkName;
        private final int digits;

        Algorithm(String label, String jdkName, int digits) {
            this.label = label;
            this.jdkName = jdkName;
            this.digits = digits;
        }

        /** As it stands before the colon. */
        public String label() {
            return label;
        }

        /** Begins to hash. */
        public Hasher newHasher() {
            try {
                return new Hasher(this, MessageDigest.getInstance(jdkName));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("This Java has no " + jdkName + "; use a complete JDK.", e);
            }
        }

        Digest hash(byte[] bytes) {
            Hasher hasher = newHasher();
            hasher.update(bytes, 0, bytes.length);
            return hasher.digest();
        }
    }

    /** Reads {@code sha256:...} or {@code sha512:...}. */
    public static Digest of(String text) {
        requireNonNull(text, "text is null");
        int colon = text.indexOf(':');
        for (Algorithm algorithm : Algorithm.values()) {
            if (colon > 0 && text.substring(0, colon).equals(algorithm.label)) {
                return new Digest(algorithm, text.substring(colon + 1));
            }
        }
        throw new IllegalArgumentException("Not a digest: " + Shown.of(text) + ". It begins with sha256: or sha512:.");
    }

    /** The sha256 digest of these bytes. */
    public static Digest sha256(byte[] bytes) {
        return Algorithm.SHA256.hash(bytes);
    }

    /** Whether these bytes hash to this digest. */
    public boolean matches(byte[] bytes) {
        return algorithm.hash(bytes).equals(this);
    }

    /** Begins to hash with this digest's function. */
    public Hasher newHasher() {
        return algorithm.newHasher();
    }

    @Override
    public int compareTo(Digest other) {
        return toString().compareTo(other.toString());
    }

    @Override
    public String toString() {
        return algorithm.label + ":" + hex;
    }

    /** Hashes a stream piece by piece. For one thread. */
    public static final class Hasher {
        private final Algorithm algorithm;
        private final MessageDigest state;

        private Hasher(Algorithm algorithm, MessageDigest state) {
            this.algorithm = algorithm;
            this.state = state;
        }

        public void update(byte[] bytes, int offset, int length) {
            state.update(bytes, offset, length);
        }

        /** Takes all remaining bytes of the buffer. */
        public void update(ByteBuffer bytes) {
            state.update(bytes);
        }

        /** The digest of all bytes so far; the hasher begins anew. */
        public Digest digest() {
            return new Digest(algorithm, HexFormat.of().formatHex(state.digest()));
        }
    }
}
