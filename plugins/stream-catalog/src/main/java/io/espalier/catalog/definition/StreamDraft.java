package io.espalier.catalog.definition;

import static java.util.Objects.requireNonNull;

import io.espalier.stream.catalog.DeliveryClass;
import io.espalier.stream.catalog.StreamDefinition;
import io.espalier.stream.id.StreamId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a client wrote about a stream; {@code null} stands for a field that was left out or could not be read.
 *
 * @param id the stream
 * @param version the version that an update changes
 * @param topic only ever the stream's own topic; it cannot be chosen
 * @param problems one for each field that could not be read; empty if all could
 */
public record StreamDraft(
        @Nullable StreamId id,
        @Nullable Long version,
        @Nullable String topic,
        @Nullable Integer partitions,
        @Nullable Integer priority,
        @Nullable DeliveryClass delivery,
        @Nullable String format,
        @Nullable List<String> terminals,
        @Nullable Integer maxRecordBytes,
        @Nullable String description,
        List<Problem> problems) {
    public StreamDraft {
        problems = List.copyOf(problems);
        terminals = terminals == null ? null : List.copyOf(terminals);
    }

    /** Whether the field was written, but so that it could not be read. */
    public boolean isUnreadable(String field) {
        return problems.stream().anyMatch(problem -> problem.field().equals(field));
    }

    /** The first version of a new stream, with defaults for all that was left out. */
    public StreamDefinition asNew(StreamId stream) {
        return over(new StreamDefinition(
                requireNonNull(stream, "stream is null"),
                1,
                stream.toString(),
                DefinitionLimits.DEFAULT_PARTITIONS,
                DefinitionLimits.DEFAULT_PRIORITY,
                DeliveryClass.REALTIME,
                DefinitionLimits.DEFAULT_FORMAT,
                List.of(DefinitionLimits.DEFAULT_TERMINAL),
                DefinitionLimits.DEFAULT_RECORD_BYTES,
                ""));
    }

    /** The version that follows {@code current}: fields that were left out keep their value. */
    public StreamDefinition asNextOf(StreamDefinition current) {
        StreamDefinition next = over(current);
        return new StreamDefinition(
                next.id(),
                current.version() + 1,
                next.topic(),
                next.partitions(),
                next.priority(),
                next.delivery(),
                next.format(),
                next.terminals(),
                next.maxRecordBytes(),
                next.description());
    }

    private StreamDefinition over(StreamDefinition base) {
        return new StreamDefinition(
                base.id(),
                base.version(),
                base.topic(),
                partitions == null ? base.partitions() : partitions,
                priority == null ? base.priority() : priority,
                delivery == null ? base.delivery() : delivery,
                format == null ? base.format() : format,
                terminals == null ? base.terminals() : terminals,
                maxRecordBytes == null ? base.maxRecordBytes() : maxRecordBytes,
                description == null ? base.description() : description);
    }
}
