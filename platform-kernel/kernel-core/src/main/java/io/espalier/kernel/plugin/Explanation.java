package io.espalier.kernel.plugin;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * Why a plug-in is in the state it is in.
 *
 * @param sentence what is missing or went wrong, and what mends it
 * @param stack where its start or stop hangs or hung, null when that is not the trouble
 */
public record Explanation(String sentence, @Nullable String stack) {
    public Explanation {
        requireNonNull(sentence, "sentence is null");
    }

    /** The sentence, and the stack below it if there is one. */
    @Override
    public String toString() {
        return stack == null ? sentence : sentence + "\n" + stack;
    }
}
