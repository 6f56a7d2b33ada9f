package io.espalier.relay.protocol;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * What the target of a permission answers.
 *
 * @param done whether it was done
 * @param sentence what was done, or why not
 * @param lines what was asked for, if it is a list
 */
public record ActAnswer(boolean done, String sentence, List<String> lines) {
    public ActAnswer {
        requireNonNull(sentence, "sentence is null");
        lines = List.copyOf(lines);
    }

    /** It was done. */
    public static ActAnswer done(String sentence) {
        return new ActAnswer(true, sentence, List.of());
    }

    /** It could not be done. */
    public static ActAnswer failed(String sentence) {
        return new ActAnswer(false, sentence, List.of());
    }

    /** Sentence and lines under each other. */
    public String text() {
        return lines.isEmpty() ? sentence : sentence + "\n" + String.join("\n", lines);
    }
}
