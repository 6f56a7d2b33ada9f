package io.espalier.gateway.lane;

import org.jspecify.annotations.Nullable;

/** Says in one sentence why a report is not known to be stored. */
public final class WriteException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean permanent;

    private WriteException(String sentence, boolean permanent, @Nullable Throwable cause) {
        super(sentence, cause);
        this.permanent = permanent;
    }

    /** Not stored or of unknown outcome; sending again with the same sequence may help. */
    public static WriteException retriable(String sentence, @Nullable Throwable cause) {
        return new WriteException(sentence, false, cause);
    }

    /** The cluster will never take these records. */
    public static WriteException permanent(String sentence, @Nullable Throwable cause) {
        return new WriteException(sentence, true, cause);
    }

    public boolean isPermanent() {
        return permanent;
    }
}
