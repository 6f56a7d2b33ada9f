package io.espalier.harbor.error;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/** Something with a Harbor failed. The message is a sentence with Harbor's own words, where it said any; never a secret. */
public final class HarborException extends Exception {
    private static final long serialVersionUID = 1L;

    private final HarborTrouble trouble;

    public HarborException(HarborTrouble trouble, String sentence) {
        this(trouble, sentence, null);
    }

    public HarborException(HarborTrouble trouble, String sentence, @Nullable Throwable cause) {
        super(sentence, cause);
        this.trouble = requireNonNull(trouble, "trouble is null");
    }

    public HarborTrouble trouble() {
        return trouble;
    }

    /** The message, which is always there. */
    public String sentence() {
        return String.valueOf(getMessage());
    }
}
