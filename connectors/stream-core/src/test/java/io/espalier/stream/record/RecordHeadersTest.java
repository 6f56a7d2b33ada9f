package io.espalier.stream.record;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.espalier.stream.id.StreamId;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordHeadersTest {
    private static final RecordHeaders HEADERS =
            new RecordHeaders(StreamId.parse("ads.web.click"), new SourcePosition("host-ä/7", 12, 0), 1700000000123L);

    @Test
    void writesTextAsUtf8AndNumbersAsDigits() {
        assertThat(HEADERS.encode())
                .containsExactly(
                        Map.entry("x-stream-id", "ads.web.click".getBytes(UTF_8)),
                        Map.entry("x-agent", "host-ä/7".getBytes(UTF_8)),
                        Map.entry("x-epoch", "12".getBytes(UTF_8)),
                        Map.entry("x-seq", "0".getBytes(UTF_8)),
                        Map.entry("x-ts", "1700000000123".getBytes(UTF_8)));
    }

    @Test
    void readsBackWhatItWroteAndIgnoresOtherHeaders() throws RecordFormatException {
        Map<String, byte[]> encoded = new LinkedHashMap<>(HEADERS.encode());
        encoded.put("traceparent", new byte[] {1, 2, 3});
        assertThat(RecordHeaders.decode(encoded)).isEqualTo(HEADERS);

        RecordHeaders largest = new RecordHeaders(
                HEADERS.stream(), new SourcePosition("a", Long.MAX_VALUE, Long.MAX_VALUE), Long.MAX_VALUE);
        assertThat(RecordHeaders.decode(largest.encode())).isEqualTo(largest);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x-stream-id", "x-agent", "x-epoch", "x-seq", "x-ts"})
    void namesTheMissingHeader(String name) {
        Map<String, byte[]> encoded = new LinkedHashMap<>(HEADERS.encode());
        encoded.remove(name);
        assertRefused(encoded, "has no header " + name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "-1", "+1", "01", " 1", "1 ", "0x1", "1e3", "9223372036854775808", "99999999999999999999"})
    void refusesNumbersThatAreNotCanonical(String number) {
        assertRefused(
                with(RecordHeaders.SEQ, number.getBytes(UTF_8)),
                "x-seq is '" + number.substring(0, Math.min(24, number.length())));
    }

    @Test
    void refusesTextThatIsNotUtf8AndFieldsOutOfRange() {
        assertRefused(with(RecordHeaders.AGENT, "ä".getBytes(ISO_8859_1)), "x-agent is not UTF-8");
        assertRefused(with(RecordHeaders.AGENT, new byte[0]), "agent has 0 characters");
        assertRefused(with(RecordHeaders.AGENT, "a\nb".getBytes(UTF_8)), "U+000A at index 1");
        assertRefused(with(RecordHeaders.STREAM_ID, "ads.web".getBytes(UTF_8)), "has 2 parts");
    }

    @Test
    void refusesHalfASurrogatePairBecauseItDoesNotSurviveUtf8() {
        assertThat(new SourcePosition("a\uD83D\uDE00", 0, 0).agent()).hasSize(3);
        assertThatIllegalArgumentException().isThrownBy(() -> new SourcePosition("a\uD83D", 0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new SourcePosition("\uDE00a", 0, 0));
    }

    private static Map<String, byte[]> with(String name, byte[] value) {
        Map<String, byte[]> headers = new LinkedHashMap<>(HEADERS.encode());
        headers.put(name, value);
        return headers;
    }

    private static void assertRefused(Map<String, byte[]> headers, String because) {
        assertThatExceptionOfType(RecordFormatException.class)
                .isThrownBy(() -> RecordHeaders.decode(headers))
                .withMessageContaining(because)
                .withMessageEndingWith(".");
    }
}
