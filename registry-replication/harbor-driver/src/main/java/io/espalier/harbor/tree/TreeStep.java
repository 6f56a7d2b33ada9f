package io.espalier.harbor.tree;

import static java.util.Objects.requireNonNull;

import java.util.Locale;

/**
 * One thing that applying or removing a tree does, or would do.
 *
 * @param harbor the name of the Harbor that it happens at
 * @param call the call of its API; empty when there is none
 * @param why a sentence; empty when there is nothing to say
 */
public record TreeStep(String harbor, Kind kind, String what, String call, String why) {
    /** What becomes of something. */
    public enum Kind {
        CREATE,
        CHANGE,
        KEEP,
        REMOVE,
        /** It is not ours, or others use it. */
        LEAVE,
        FAIL
    }

    public TreeStep {
        requireNonNull(harbor, "harbor is null");
        requireNonNull(kind, "kind is null");
        requireNonNull(what, "what is null");
        requireNonNull(call, "call is null");
        requireNonNull(why, "why is null");
    }

    /** Whether something is different afterwards. */
    public boolean changes() {
        return kind == Kind.CREATE || kind == Kind.CHANGE || kind == Kind.REMOVE;
    }

    @Override
    public String toString() {
        return harbor + ": " + kind.name().toLowerCase(Locale.ROOT) + " " + what + (call.isEmpty() ? "" : "  " + call)
                + (why.isEmpty() ? "" : "  - " + why);
    }
}
