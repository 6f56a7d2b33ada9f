package io.espalier.kernel.plugin;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/** Tells that a plug-in could not be installed, started, stopped or removed; the message is a sentence for the operator. */
public final class PluginException extends Exception {
    private static final long serialVersionUID = 1;

    /** What went wrong, so that failures can be counted. */
    public enum Code {
        /** The jar cannot be used: truncated, not a zip, no bundle. */
        UNUSABLE_JAR,
        /** Another plug-in of the same name and version is there already. */
        DUPLICATE,
        /** Something that the plug-in needs is not there. */
        UNRESOLVED,
        /** Its configuration is rejected and no earlier form of it is known, so that it would run on defaults. */
        MISCONFIGURED,
        /** The plug-in's own code threw. */
        THREW,
        /** No plug-in of that name. */
        UNKNOWN,
        /** The runtime refused for another reason. */
        REFUSED
    }

    private final Code code;

    public PluginException(Code code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = requireNonNull(code, "code is null");
    }

    public Code code() {
        return code;
    }
}
