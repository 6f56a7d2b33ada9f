package io.espalier.collector.osgi;

import io.espalier.collector.StreamStatus;
import io.espalier.collector.pipeline.SourceStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Shows sources as a table for the shell. */
final class SourceTable {
    private static final int MOST_FINISHED = 5;
    private static final String ROW = "%-44s %-32s %14s %14s %12s %12s  %s%n";

    private SourceTable() {}

    /** All sources that are read, and of each stream the latest few that are finished. */
    static String of(List<StreamStatus> streams) {
        StringBuilder table = new StringBuilder();
        table.append(ROW.formatted("PATH", "STREAM", "OFFSET", "SIZE", "READ", "ACKED", "STATE"));
        for (StreamStatus stream : streams) {
            for (SourceStatus source : shown(stream.sources())) {
                table.append(ROW.formatted(
                        source.path(),
                        stream.stream(),
                        source.offset(),
                        source.size(),
                        source.readSeq(),
                        source.ackedSeq(),
                        source.state()));
            }
            note(table, stream);
        }
        return table.toString();
    }

    private static List<SourceStatus> shown(List<SourceStatus> sources) {
        List<SourceStatus> shown = new ArrayList<>();
        long finished = sources.stream().filter(SourceTable::isFinished).count();
        for (SourceStatus source : sources) {
            if (!isFinished(source) || finished-- <= MOST_FINISHED) {
                shown.add(source);
            }
        }
        shown.sort(Comparator.comparing(SourceStatus::path));
        return shown;
    }

    private static boolean isFinished(SourceStatus source) {
        return source.state().equals("finished");
    }

    private static void note(StringBuilder table, StreamStatus stream) {
        if (stream.refused() > 0) {
            table.append("  %s: %d records were refused and are in the side file.%n"
                    .formatted(stream.stream(), stream.refused()));
        }
        if (stream.parts() > 0) {
            table.append("  %s: lines over max-record-bytes were cut at %d places.%n"
                    .formatted(stream.stream(), stream.parts()));
        }
        if (!stream.trouble().isEmpty()) {
            table.append("  %s waits: %s%n".formatted(stream.stream(), stream.trouble()));
        }
    }
}
