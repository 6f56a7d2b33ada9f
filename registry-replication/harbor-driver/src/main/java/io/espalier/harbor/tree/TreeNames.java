package io.espalier.harbor.tree;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.espalier.harbor.node.HarborEdge;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/** The names of what is made in the Harbors. Whose it is tells the description, not the name. */
public final class TreeNames {
    /** What all names begin with. */
    static final String PREFIX = "espalier-";

    /** What Harbor takes as name of a registry. */
    private static final int MOST_CHARS = 64;

    private static final int HASH_CHARS = 8;

    private TreeNames() {}

    /** The registry entry of a child at its parent. */
    static String registry(String cluster, String child) {
        return fitting(PREFIX + cluster + "-" + child);
    }

    /** The policy of an edge at its parent. */
    public static String policy(String cluster, HarborEdge edge) {
        return fitting(PREFIX + cluster + "-" + edge.parent().name() + "-"
                + edge.child().name());
    }

    private static String fitting(String name) {
        String plain = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9._-]", "_");
        if (plain.length() <= MOST_CHARS) {
            return plain;
        }
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(name.getBytes(UTF_8));
            return plain.substring(0, MOST_CHARS - HASH_CHARS - 1) + "-"
                    + HexFormat.of().formatHex(hash).substring(0, HASH_CHARS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256.", e);
        }
    }
}
