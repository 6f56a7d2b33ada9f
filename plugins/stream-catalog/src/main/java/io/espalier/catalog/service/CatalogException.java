package io.espalier.catalog.service;

import static java.util.Objects.requireNonNull;

import io.espalier.catalog.definition.Problem;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A catalog operation that could not be done; nothing has changed. The message is a sentence for the one who asked. */
public class CatalogException extends Exception {
    private final Code code;
    private final transient OptionalLong currentVersion;

    /** Why an operation could not be done. */
    public enum Code {
        /** The definition breaks a rule; the message names every one it breaks. */
        BAD_DEFINITION,
        NO_SUCH_STREAM,
        STREAM_EXISTS,
        /** The definition was changed in between; {@link #currentVersion()} is set. */
        STALE_VERSION,
        /** The topic is there already and does not fit. */
        TOPIC_MISMATCH,
        /** Kafka does not answer, or no cluster is configured; the same request may work later. */
        NO_CLUSTER,
        /** Kafka answered and refused. */
        TOPIC_REFUSED,
        /** The database failed; the same request may work later. */
        STORE_FAILED
    }

    public CatalogException(Code code, String sentence) {
        this(code, sentence, null);
    }

    public CatalogException(Code code, String sentence, @Nullable Throwable cause) {
        this(code, sentence, OptionalLong.empty(), cause);
    }

    private CatalogException(Code code, String sentence, OptionalLong currentVersion, @Nullable Throwable cause) {
        super(requireNonNull(sentence, "sentence is null"), cause);
        this.code = requireNonNull(code, "code is null");
        this.currentVersion = currentVersion;
    }

    static CatalogException badDefinition(List<Problem> problems) {
        if (problems.size() == 1) {
            return new CatalogException(Code.BAD_DEFINITION, problems.get(0).sentence());
        }
        StringBuilder text = new StringBuilder("The definition has " + problems.size() + " problems:");
        for (int i = 0; i < problems.size(); i++) {
            text.append(" (").append(i + 1).append(") ").append(problems.get(i).sentence());
        }
        return new CatalogException(Code.BAD_DEFINITION, text.toString());
    }

    static CatalogException staleVersion(String sentence, long currentVersion) {
        return new CatalogException(Code.STALE_VERSION, sentence, OptionalLong.of(currentVersion), null);
    }

    public Code code() {
        return code;
    }

    public String sentence() {
        return requireNonNull(getMessage());
    }

    /** The version that is stored now, if that is what stands in the way. */
    public OptionalLong currentVersion() {
        return currentVersion;
    }
}
