package io.espalier.engine.check;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/** An engine did not do what it was asked for; the message is a sentence with the engine's own words. */
public final class EngineException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Why, for programs. */
    public enum Code {
        /** There is no engine, or it went away or does not answer in time; later it may. */
        AWAY,
        /** The engine cannot do it with this image or container; trying again does not help. */
        REFUSED,
        /** The engine itself failed, as for want of disk; later it may work. */
        FAILED
    }

    private final Code code;

    public EngineException(Code code, String sentence, @Nullable Throwable cause) {
        super(requireNonNull(sentence, "sentence is null"), cause);
        this.code = requireNonNull(code, "code is null");
    }

    public Code code() {
        return code;
    }

    /** The message, which is never absent. */
    public String sentence() {
        return String.valueOf(getMessage());
    }
}
