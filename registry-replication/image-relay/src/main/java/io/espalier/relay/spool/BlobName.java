package io.espalier.relay.spool;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How files of the spool are called: {@code HEX-SIZE-CHUNKBYTES.blob} and {@code HEX-CHUNKBYTES.hashes}. */
record BlobName(String digest, long size, int chunkBytes) {
    private static final String PREFIX = "sha256:";
    private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");
    private static final Pattern BLOB = Pattern.compile("([0-9a-f]{64})-(\\d{1,18})-(\\d{1,9})\\.blob");

    BlobName {
        requireDigest(digest);
        if (size < 0 || chunkBytes < 1 || (size + chunkBytes - 1) / chunkBytes > ChunkHashes.MAX_CHUNKS) {
            throw new IllegalArgumentException("Blob " + digest + " of " + size + " bytes in chunks of " + chunkBytes
                    + " cannot be kept; use larger chunks.");
        }
    }

    static void requireDigest(String digest) {
        if (!DIGEST.matcher(digest).matches()) {
            throw new IllegalArgumentException("'" + digest + "' is no digest as sha256:HEX.");
        }
    }

    /** The name of a blob that somebody wants here; throws {@link SpoolException.Code#UNFIT} when no spool can keep such a one. */
    static BlobName fitting(String digest, long size, int chunkBytes) throws SpoolException {
        try {
            return new BlobName(digest, size, chunkBytes);
        } catch (IllegalArgumentException e) {
            throw new SpoolException(
                    SpoolException.Code.UNFIT,
                    "Blob " + digest + " cannot be carried from node to node: " + e.getMessage()
                            + " Push the image again in a form that can.");
        }
    }

    static Optional<BlobName> parse(String file) {
        Matcher matcher = BLOB.matcher(file);
        try {
            return matcher.matches()
                    ? Optional.of(new BlobName(
                            PREFIX + matcher.group(1),
                            Long.parseLong(matcher.group(2)),
                            Integer.parseInt(matcher.group(3))))
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    static String hashFile(String digest, int chunkBytes) {
        requireDigest(digest);
        return digest.substring(PREFIX.length()) + "-" + chunkBytes + ".hashes";
    }

    String file() {
        return digest.substring(PREFIX.length()) + "-" + size + "-" + chunkBytes + ".blob";
    }

    BlobName withChunks(int bytes) {
        return new BlobName(digest, size, bytes);
    }

    int chunks() {
        return (int) ((size + chunkBytes - 1) / chunkBytes);
    }

    long start(int index) {
        return (long) index * chunkBytes;
    }

    /** Length of a chunk; the last one may be shorter. */
    int length(int index) {
        return (int) Math.min(chunkBytes, size - start(index));
    }
}
