package io.espalier.quality.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.stream.id.StreamId;
import io.espalier.stream.stage.StreamCounts;
import io.espalier.stream.stage.StreamCounts.Measure;
import io.espalier.stream.stage.StreamStage;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamTableTest {
    private record Stage(String name, List<StreamCounts> counts) implements StreamStage {}

    private static StreamCounts counts(String stream, Map<Measure, Long> values) {
        return new StreamCounts(StreamId.parse(stream), values);
    }

    @Test
    void joinsTheStagesInOneAlignedTableWithTotals() {
        var collector = new Stage(
                "collector",
                List.of(
                        counts("ads.web.click", Map.of(Measure.READ, 1_234_567L, Measure.ACKNOWLEDGED, 1_234_000L)),
                        counts("ads.web.view", Map.of(Measure.READ, 7L, Measure.ACKNOWLEDGED, 7L))));
        var gateway = new Stage("gateway", List.of(counts("ads.web.click", Map.of(Measure.QUEUED, 12L))));
        var terminal = new Stage(
                "file",
                List.of(counts(
                        "ads.web.click",
                        Map.of(Measure.WRITTEN, 99_999L, Measure.LAG, 3L, Measure.LATENCY_P99_MILLIS, 1_256L))));

        assertThat(StreamTable.of(List.of(collector, gateway, terminal))).isEqualTo("""
                        STREAM          READ  QUEUED  ACKNOWLEDGED  WRITTEN  LAG    P99
                        ads.web.click  1.23M      12         1.23M    99999    3  1.25s
                        ads.web.view       7       -             7        -    -      -
                        2 streams      1.23M      12         1.23M    99999    3  1.25s
                        """);
    }

    @Test
    void addsUpCollectorsAndShowsTheTerminalThatIsFurthestBehind() {
        var first = new Stage("collector", List.of(counts("a.b.c", Map.of(Measure.READ, 10L))));
        var second = new Stage("collector", List.of(counts("a.b.c", Map.of(Measure.READ, 5L))));
        var files = new Stage("file", List.of(counts("a.b.c", Map.of(Measure.WRITTEN, 15L, Measure.LAG, 0L))));
        var slow = new Stage("hbase", List.of(counts("a.b.c", Map.of(Measure.WRITTEN, 4L, Measure.LAG, 11L))));

        assertThat(StreamTable.of(List.of(first, second, files, slow))
                        .lines()
                        .toList()
                        .get(1)
                        .split(" +"))
                .containsExactly("a.b.c", "15", "-", "-", "4", "11", "-");
    }

    @Test
    void showsOnlyHeadAndTotalsWithoutStages() {
        assertThat(StreamTable.of(List.of()).lines())
                .hasSize(2)
                .last()
                .asString()
                .startsWith("0 streams");
    }

    @ParameterizedTest
    @CsvSource({
        "0,0",
        "99999,99999",
        "100000,100k",
        "999999,999k",
        "1000000,1.00M",
        "12345678,12.3M",
        "9223372036854775807,9.22E"
    })
    void showsCountsWithThreeDigits(long value, String text) {
        assertThat(Figures.count(value)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0,0ms", "999,999ms", "1000,1.00s", "59999,59.9s", "599999,599s", "600000,10.0m", "36000000,10.0h"})
    void showsTimesWithAUnit(long value, String text) {
        assertThat(Figures.millis(value)).isEqualTo(text);
    }
}
