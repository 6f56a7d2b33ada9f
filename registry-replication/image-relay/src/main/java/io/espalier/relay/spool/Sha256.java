package io.espalier.relay.spool;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256, which every JDK has. */
final class Sha256 {
    static final int BYTES = 32;

    private Sha256() {}

    static MessageDigest start() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("This JDK has no SHA-256.", e);
        }
    }

    /** Of the remaining bytes, which stay unread. */
    static byte[] of(ByteBuffer data) {
        MessageDigest digest = start();
        digest.update(data.duplicate());
        return digest.digest();
    }
}
