package io.espalier.quality.table;

import io.espalier.stream.id.StreamId;
import io.espalier.stream.stage.StreamCounts;
import io.espalier.stream.stage.StreamCounts.Measure;
import io.espalier.stream.stage.StreamStage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The table of {@code stream:top}: a line for each stream that any stage has seen, and one with the totals. */
public final class StreamTable {
    private static final List<Measure> COLUMNS = List.of(
            Measure.READ,
            Measure.QUEUED,
            Measure.ACKNOWLEDGED,
            Measure.WRITTEN,
            Measure.LAG,
            Measure.LATENCY_P99_MILLIS);
    private static final List<String> HEAD =
            List.of("STREAM", "READ", "QUEUED", "ACKNOWLEDGED", "WRITTEN", "LAG", "P99");

    private StreamTable() {}

    /** The table as text; a column without a stage that counts it shows {@code -}. */
    public static String of(List<StreamStage> stages) {
        Map<StreamId, StreamRow> rows = new TreeMap<>();
        for (StreamStage stage : stages) {
            for (StreamCounts counts : stage.counts()) {
                rows.computeIfAbsent(counts.stream(), id -> new StreamRow()).add(counts.counts());
            }
        }
        List<List<String>> cells = new ArrayList<>();
        cells.add(HEAD);
        StreamRow total = new StreamRow();
        rows.forEach((stream, row) -> {
            cells.add(cells(stream.toString(), row));
            total.addToTotal(row);
        });
        cells.add(cells(rows.size() == 1 ? "1 stream" : rows.size() + " streams", total));
        return aligned(cells);
    }

    private static List<String> cells(String name, StreamRow row) {
        List<String> cells = new ArrayList<>();
        cells.add(name);
        for (Measure measure : COLUMNS) {
            var value = row.get(measure);
            cells.add(value.isEmpty() ? "-" : cell(measure, value.getAsLong()));
        }
        return cells;
    }

    private static String cell(Measure measure, long value) {
        return measure == Measure.LATENCY_P99_MILLIS ? Figures.millis(value) : Figures.count(value);
    }

    /** Names to the left, numbers to the right. */
    private static String aligned(List<List<String>> rows) {
        int[] widths = new int[HEAD.size()];
        rows.forEach(row -> {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        });
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            text.append(row.get(0)).append(" ".repeat(widths[0] - row.get(0).length()));
            for (int i = 1; i < widths.length; i++) {
                text.append(" ".repeat(widths[i] - row.get(i).length() + 2)).append(row.get(i));
            }
            text.append('\n');
        }
        return text.toString();
    }
}
