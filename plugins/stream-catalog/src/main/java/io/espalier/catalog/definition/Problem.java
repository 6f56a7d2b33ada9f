package io.espalier.catalog.definition;

import static java.util.Objects.requireNonNull;

/**
 * One mistake in a definition.
 *
 * @param field the field at fault, as the client wrote it
 * @param sentence what is wrong and what to write instead
 */
public record Problem(String field, String sentence) {
    public Problem {
        requireNonNull(field, "field is null");
        requireNonNull(sentence, "sentence is null");
    }
}
