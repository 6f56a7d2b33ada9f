package io.espalier.harbor.tree;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.espalier.harbor.node.HarborNode;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The descriptions by which we know what we made. That of a registry entry also holds a salted hash (PBKDF2) of the credentials in
 * it, since Harbor gives out asterisks only and they could not be compared otherwise.
 */
final class OwnMark {
    private static final Pattern CREDENTIALS =
            Pattern.compile(".*\\[credentials ([0-9a-f]{16})-([0-9a-f]{16})\\]", Pattern.DOTALL);
    private static final int ROUNDS = 20_000;
    private static final int SALT_BYTES = 8;
    private static final int HASH_BYTES = 8;

    private final String sentence;
    private final SecureRandom random = new SecureRandom();

    OwnMark(String cluster) {
        requireNonNull(cluster, "cluster is null");
        this.sentence = "Made by Espalier for the cluster '" + cluster + "'; tree:remove takes it away.";
    }

    boolean isOurs(@Nullable String description) {
        return description != null && description.startsWith(sentence);
    }

    String policy() {
        return sentence;
    }

    String registry(HarborNode node) {
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        HexFormat hex = HexFormat.of();
        return sentence + " [credentials " + hex.formatHex(salt) + "-" + hex.formatHex(hash(node, salt)) + "]";
    }

    /** Whether a description was made for just these credentials. */
    boolean matches(@Nullable String description, HarborNode node) {
        Matcher matcher = CREDENTIALS.matcher(description == null ? "" : description);
        HexFormat hex = HexFormat.of();
        return matcher.matches()
                && MessageDigest.isEqual(hex.parseHex(matcher.group(2)), hash(node, hex.parseHex(matcher.group(1))));
    }

    private static byte[] hash(HarborNode node, byte[] salt) {
        try {
            byte[] login = node.login().basic().getBytes(UTF_8);
            PBEKeySpec spec = new PBEKeySpec(new String(login, UTF_8).toCharArray(), salt, ROUNDS, HASH_BYTES * 8);
            byte[] hash = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(spec)
                    .getEncoded();
            Arrays.fill(login, (byte) 0);
            return hash;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every JDK has PBKDF2WithHmacSHA256.", e);
        }
    }
}
