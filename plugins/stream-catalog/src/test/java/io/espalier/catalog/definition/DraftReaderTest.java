package io.espalier.catalog.definition;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.stream.catalog.DeliveryClass;
import io.espalier.stream.catalog.StreamDefinition;
import io.espalier.stream.id.StreamId;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DraftReaderTest {
    private static final StreamId ID = StreamId.parse("ads.web.click");

    @Test
    void readsEveryField() {
        StreamDraft draft = DraftReader.read(Map.of(
                "id",
                "ads.web.click",
                "version",
                3L,
                "topic",
                "ads.web.click",
                "partitions",
                4,
                "priority",
                9,
                "delivery",
                "offline",
                "format",
                "json",
                "terminals",
                List.of("file", "hive"),
                "maxRecordBytes",
                1_000,
                "description",
                "Clicks.\n\tAll of them. \uD83D\uDE00"));

        assertThat(draft.problems()).isEmpty();
        assertThat(draft.version()).isEqualTo(3);
        assertThat(draft.asNew(ID))
                .isEqualTo(new StreamDefinition(
                        ID,
                        1,
                        "ads.web.click",
                        4,
                        9,
                        DeliveryClass.OFFLINE,
                        "json",
                        List.of("file", "hive"),
                        1_000,
                        "Clicks.\n\tAll of them. \uD83D\uDE00"));
    }

    @Test
    void givesANewStreamDefaultsForWhatIsLeftOut() {
        StreamDefinition created = DraftReader.read(Map.of()).asNew(ID);

        assertThat(created)
                .isEqualTo(new StreamDefinition(
                        ID, 1, "ads.web.click", 1, 5, DeliveryClass.REALTIME, "text", List.of("file"), 524_288, ""));
    }

    @Test
    void keepsWhatAnUpdateLeavesOut() {
        StreamDefinition current =
                DraftReader.read(Map.of("partitions", 7, "description", "old")).asNew(ID);

        StreamDefinition next = DraftReader.read(Map.of("priority", 2)).asNextOf(current);

        assertThat(next.version()).isEqualTo(2);
        assertThat(next.priority()).isEqualTo(2);
        assertThat(next.partitions()).isEqualTo(7);
        assertThat(next.description()).isEqualTo("old");
    }

    @Test
    void namesEveryMistakeAtOnce() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", "ads.web");
        fields.put("partitons", 4);
        fields.put("priority", 12);
        fields.put("delivery", "realtim");
        fields.put("terminals", "file");
        fields.put("maxRecordBytes", "big");
        fields.put("description", "x".repeat(1_001));

        assertThat(sentences(fields))
                .containsExactly(
                        "There is no field 'partitons'; did you mean partitions?",
                        "Stream id 'ads.web' has 2 parts; write department.project.business, as in ads.web.click.",
                        "priority is 12; use a whole number from 1 to 9.",
                        "delivery is 'realtim'; use realtime or offline (did you mean realtime?).",
                        "terminals is the text 'file'; write a list of texts.",
                        "maxRecordBytes is the text 'big'; write a whole number from 1 to 1000000.",
                        "description has 1001 characters; use at most 1000.");
    }

    @ParameterizedTest
    @CsvSource({
        "partitions, 1, 1000",
        "priority, 1, 9",
        "maxRecordBytes, 1, 1000000",
    })
    void takesTheBoundsAndNothingBeyond(String field, int min, int max) {
        assertThat(sentences(Map.of(field, min))).isEmpty();
        assertThat(sentences(Map.of(field, max))).isEmpty();
        assertThat(sentences(Map.of(field, min - 1))).hasSize(1);
        assertThat(sentences(Map.of(field, max + 1))).hasSize(1);
        assertThat(sentences(Map.of(field, new BigInteger("9".repeat(40))))).hasSize(1);
        assertThat(sentences(Map.of(field, 1.0))).hasSize(1);
        assertThat(sentences(Map.of(field, true))).hasSize(1);
    }

    @Test
    void saysThatNullIsNoValue() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("priority", null);

        assertThat(sentences(fields)).containsExactly("priority is null; give it a value or leave it out.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "File", "a b", "-x", "../x"})
    void refusesNamesThatNoTerminalHas(String name) {
        assertThat(sentences(Map.of("terminals", List.of(name)))).hasSize(1);
    }

    @Test
    void refusesATerminalNamedTwiceAndTooManyOfThem() {
        assertThat(sentences(Map.of("terminals", List.of("file", "file")))).hasSize(1);
        assertThat(sentences(Map.of(
                        "terminals",
                        IntStream.range(0, 17).mapToObj(i -> "t" + i).toList())))
                .containsExactly("terminals has 17 entries; use at most 16.");
        assertThat(sentences(Map.of("terminals", List.of(1))))
                .containsExactly("terminals holds the number 1; write a list of texts.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\u0000b", "a\u001bb", "a\ud800b"})
    void refusesDescriptionsThatNotEveryDatabaseKeeps(String description) {
        assertThat(sentences(Map.of("description", description))).hasSize(1);
    }

    @Test
    void answersHugeAndHostileNamesWithShortSentences() {
        String huge = "x\n".repeat(100_000);

        List<String> problems = sentences(Map.of(huge, 1, "format", huge, "id", huge));

        assertThat(problems)
                .hasSize(3)
                .allSatisfy(problem -> assertThat(problem).hasSizeLessThan(400).doesNotContain("\n"));
    }

    private static List<String> sentences(Map<String, ? extends @Nullable Object> fields) {
        return DraftReader.read(fields).problems().stream()
                .map(Problem::sentence)
                .toList();
    }
}
