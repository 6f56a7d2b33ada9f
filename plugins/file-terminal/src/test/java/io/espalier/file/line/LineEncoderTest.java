package io.espalier.file.line;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.espalier.file.input.InputRecord;
import io.espalier.stream.id.StreamId;
import io.espalier.stream.record.RecordHeaders;
import io.espalier.stream.record.SourcePosition;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LineEncoderTest {
    private static final RecordHeaders HEADERS =
            new RecordHeaders(StreamId.parse("ads.web.click"), new SourcePosition("host/log", 3, 41), 1700000000123L);

    @Test
    void writesTheLineOfTheFormatDocument() throws IOException {
        String line = encode(new InputRecord(907, HEADERS, utf8("GET /")));

        assertThat(line)
                .isEqualTo("{\"stream\":\"ads.web.click\",\"agent\":\"host/log\",\"epoch\":3,\"seq\":41,"
                        + "\"ts\":1700000000123,\"partition\":5,\"offset\":907,\"text\":\"GET /\"}\n");
    }

    @Test
    void keepsEveryCharacterOfText() throws IOException {
        StringBuilder text = new StringBuilder("grün 漢 😀 \u2028");
        for (char c = 0; c < 0x100; c++) {
            text.append(c);
        }

        assertThat(parse(encode(new InputRecord(0, HEADERS, utf8(text.toString())))))
                .containsEntry("text", text.toString());
    }

    @Test
    void keepsEveryByteOfOtherPayloads() throws IOException {
        byte[] payload = new byte[256];
        for (int i = 0; i < payload.length; i++) {
            payload[i] = (byte) i;
        }

        Map<String, @Nullable Object> line = parse(encode(new InputRecord(0, HEADERS, payload)));

        assertThat(line).doesNotContainKey("text");
        assertThat(Base64.getDecoder().decode((String) line.get("base64"))).isEqualTo(payload);
    }

    @Test
    void escapesTheAgentAndChangesWithIt() throws IOException {
        var output = new Output();
        var encoder = new LineEncoder(output);
        for (String agent : new String[] {"a\"b", "a\"b", "c\\d"}) {
            var headers = new RecordHeaders(HEADERS.stream(), new SourcePosition(agent, 0, 0), 0);
            encoder.write(0, new InputRecord(0, headers, utf8("x")));
        }

        assertThat(output.toString(StandardCharsets.UTF_8).lines().map(LineEncoderTest::parse))
                .extracting(line -> line.get("agent"))
                .containsExactly("a\"b", "a\"b", "c\\d");
    }

    @Test
    void writesNullForTheIdentityOfAForeignRecordAndForAPayloadThatIsNone() {
        Map<String, @Nullable Object> line = parse(encode(new InputRecord(7, null, null)));

        assertThat(line.keySet())
                .containsExactly("stream", "agent", "epoch", "seq", "ts", "partition", "offset", "text");
        assertThat(line.get("stream")).isNull();
        assertThat(line.get("seq")).isNull();
        assertThat(line.get("text")).isNull();
        assertThat(line).containsEntry("offset", 7L);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String encode(InputRecord entry) {
        var output = new Output();
        try {
            new LineEncoder(output).write(5, entry);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return output.toString(StandardCharsets.UTF_8);
    }

    private static Map<String, @Nullable Object> parse(String line) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        try (JsonParser parser = new JsonFactory().createParser(line)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                fields.put(
                        name,
                        value == JsonToken.VALUE_NULL
                                ? null
                                : value == JsonToken.VALUE_STRING ? parser.getText() : (Object) parser.getLongValue());
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return fields;
    }

    private static final class Output extends ByteArrayOutputStream implements LineOutput {
        @Override
        public void ascii(String text) {
            writeBytes(text.getBytes(StandardCharsets.US_ASCII));
        }
    }
}
