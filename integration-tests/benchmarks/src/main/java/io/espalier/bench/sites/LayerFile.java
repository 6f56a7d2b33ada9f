package io.espalier.bench.sites;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.SplittableRandom;

/** A file of random bytes. */
final class LayerFile {
    private static final int BLOCK = 1 << 20;

    private LayerFile() {}

    /** Writes it; answers with its digest, as {@code sha256:HEX}. */
    static String write(Path file, long size) throws IOException {
        SplittableRandom random = new SplittableRandom(11);
        byte[] block = new byte[BLOCK];
        MessageDigest sha256 = Digests.sha256();
        try (OutputStream out = new DigestOutputStream(Files.newOutputStream(file), sha256)) {
            for (long left = size; left > 0; left -= block.length) {
                random.nextBytes(block);
                out.write(block, 0, (int) Math.min(left, block.length));
            }
        }
        return "sha256:" + HexFormat.of().formatHex(sha256.digest());
    }
}
