package io.espalier.collector.send;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What became of one attempt to send a report. */
public sealed interface SendResult {
    /** Every record is stored durably. */
    record Stored() implements SendResult {}

    /**
     * The report is to be sent again later: the gateway pushed it back, did not answer, or was not there. Records may have
     * been stored all the same.
     *
     * @param sentence why
     * @param retryAfter how long the gateway asked to wait, if it did
     */
    record TryAgain(String sentence, @Nullable Duration retryAfter) implements SendResult {
        public TryAgain {
            requireNonNull(sentence, "sentence is null");
        }
    }

    /** The gateway does not know the stream; once the stream is created, the report can be sent again. */
    record UnknownStream(String sentence) implements SendResult {
        public UnknownStream {
            requireNonNull(sentence, "sentence is null");
        }
    }

    /** The stream was not known and has just been created; the report is to be sent again at once. */
    record StreamCreated() implements SendResult {}

    /**
     * Records will never be taken. None of the report is acknowledged.
     *
     * @param indexes which records, in the order of the report; empty if the gateway did not say
     * @param code the gateway's code
     * @param sentence why
     */
    record Refused(List<Integer> indexes, String code, String sentence) implements SendResult {
        public Refused {
            indexes = List.copyOf(indexes);
            requireNonNull(code, "code is null");
            requireNonNull(sentence, "sentence is null");
        }
    }
}
