package io.espalier.relay.spool;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.Locale;

/** The spool cannot do what was asked; the message is a sentence for the node's operator. */
public final class SpoolException extends IOException {
    private static final long serialVersionUID = 1L;

    /** Why, for programs. */
    public enum Code {
        /** The blob is larger than the whole spool; only a larger limit helps. */
        TOO_LARGE,
        /** No spool can keep such a blob, as one that is not named by SHA-256; only another image helps. */
        UNFIT,
        /** Other blobs in use take the room; it heals when they are done. */
        NO_ROOM,
        /** The disk is full; it heals when there is space. */
        DISK_FULL,
        /** The disk failed otherwise. */
        DISK_ERROR,
        /** A reader ended because its transfer did, or the spool is closed. */
        ENDED
    }

    private final Code code;

    SpoolException(Code code, String sentence) {
        super(requireNonNull(sentence, "sentence is null"));
        this.code = requireNonNull(code, "code is null");
    }

    private SpoolException(Code code, String sentence, IOException cause) {
        super(sentence, cause);
        this.code = code;
    }

    static SpoolException tooLarge(BlobName name, long limitBytes) {
        return new SpoolException(
                Code.TOO_LARGE,
                "Blob " + name.digest() + " has " + name.size() + " bytes but the whole spool has " + limitBytes
                        + "; raise spool-bytes to at least " + name.size() + ".");
    }

    static SpoolException noRoom(BlobName name, long used, long limitBytes) {
        return new SpoolException(
                Code.NO_ROOM,
                "Blob " + name.digest() + " needs " + name.size() + " bytes in the spool but " + used + " of "
                        + limitBytes + " are in use by blobs on their way; it waits for them, or raise spool-bytes.");
    }

    /** Tells a full disk from other failures. */
    static SpoolException of(String tried, IOException cause) {
        if (cause instanceof SpoolException same) {
            return same;
        }
        String words = String.valueOf(cause.getMessage());
        if (isFull(cause)) {
            return new SpoolException(
                    Code.DISK_FULL,
                    tried + " but the disk is full; free space there, it is tried again by itself.",
                    cause);
        }
        return new SpoolException(Code.DISK_ERROR, tried + " but the disk answered '" + words + "'.", cause);
    }

    /** Whether a disk answered that there is no space, in the words of the system. */
    static boolean isFull(IOException answer) {
        String words = String.valueOf(answer.getMessage()).toLowerCase(Locale.ROOT);
        return words.contains("no space left")
                || words.contains("quota exceeded")
                || words.contains("not enough space");
    }

    public Code code() {
        return code;
    }
}
