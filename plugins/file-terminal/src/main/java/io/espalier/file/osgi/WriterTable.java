package io.espalier.file.osgi;

import io.espalier.file.writer.StreamWriter;
import io.espalier.file.writer.WriterStatus;
import io.espalier.file.writer.WriterStatus.PartitionStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The text of {@code file:writers}. */
final class WriterTable {
    private static final List<String> HEAD =
            List.of("STREAM", "PARTITION", "OFFSET", "LAG", "FILES", "OPEN FILE", "STATE");
    private static final int STATE_COLUMN = HEAD.size() - 1;

    private WriterTable() {}

    static String of(List<StreamWriter> writers) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEAD);
        List<String> reasons = new ArrayList<>();
        for (StreamWriter writer : writers) {
            String stream = writer.definition().id().toString();
            WriterStatus status = writer.status();
            rows.addAll(rows(stream, status));
            if (!status.reason().isEmpty()) {
                reasons.add(stream + ": " + status.reason());
            }
            if (writer.foreign() > 0) {
                reasons.add(stream + ": " + writer.foreign()
                        + " records without valid headers were written by another program than the gateway.");
            }
        }
        return aligned(rows) + String.join("\n", reasons);
    }

    private static List<List<String>> rows(String stream, WriterStatus status) {
        String state = status.state().name().toLowerCase(Locale.ROOT).replace('_', '-');
        if (status.partitions().isEmpty()) {
            return List.of(List.of(stream, "-", "-", "-", "-", "-", state));
        }
        List<List<String>> rows = new ArrayList<>();
        for (PartitionStatus part : status.partitions()) {
            rows.add(List.of(
                    stream,
                    Integer.toString(part.partition()),
                    Long.toString(part.nextOffset()),
                    part.lag() < 0 ? "-" : Long.toString(part.lag()),
                    Long.toString(part.rolledFiles()),
                    part.openFile().isEmpty() ? "-" : part.openFile(),
                    state));
        }
        return rows;
    }

    private static String aligned(List<List<String>> rows) {
        int[] widths = new int[HEAD.size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            for (int i = 0; i < STATE_COLUMN; i++) {
                text.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
            }
            text.append(row.get(STATE_COLUMN)).append('\n');
        }
        return text.toString();
    }
}
