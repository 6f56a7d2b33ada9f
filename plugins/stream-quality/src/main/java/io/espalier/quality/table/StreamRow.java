package io.espalier.quality.table;

import io.espalier.stream.stage.StreamCounts.Measure;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What all stages together say of one stream. Collectors and gateways each see a part of the stream, so their counts add up;
 * each terminal sees all of it, so of several the one that is furthest behind is shown.
 */
final class StreamRow {
    private final Map<Measure, Long> values = new EnumMap<>(Measure.class);

    void add(Map<Measure, Long> counts) {
        counts.forEach((measure, value) -> values.merge(measure, value, (a, b) -> merged(measure, a, b)));
    }

    private static long merged(Measure measure, long a, long b) {
        return switch (measure) {
            case READ, ACKNOWLEDGED, QUEUED, PUSHED_BACK, STORED -> a + b;
            case WRITTEN -> Math.min(a, b);
            case LAG, LATENCY_P99_MILLIS -> Math.max(a, b);
        };
    }

    OptionalLong get(Measure measure) {
        Long value = values.get(measure);
        return value == null ? OptionalLong.empty() : OptionalLong.of(value);
    }

    /** Adds another stream's row: for the totals line. The latency is that of the slowest. */
    void addToTotal(StreamRow other) {
        other.values.forEach((measure, value) ->
                values.merge(measure, value, measure == Measure.LATENCY_P99_MILLIS ? Math::max : Long::sum));
    }
}
