package io.espalier.quality.reconcile;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.EOFException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads the identity out of one JSON line; the payload is passed over. For one thread. */
final class LineReader {
    private final JsonFactory json = new JsonFactory();

    /** A line, or the sentence that says why it is none. */
    sealed interface Result {
        record Line(WrittenLine line) implements Result {}

        record Unreadable(String reason) implements Result {}
    }

    Result read(byte[] bytes, int offset, int length) {
        try (JsonParser parser = json.createParser(bytes, offset, length)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return new Result.Unreadable("it is not a JSON object");
            }
            WrittenLine line = fields(parser);
            return parser.nextToken() == null
                    ? new Result.Line(line)
                    : new Result.Unreadable("there is something behind the JSON object");
        } catch (JsonParseException | EOFException e) {
            return new Result.Unreadable("it is no JSON: " + firstLine(e));
        } catch (IOException e) {
            return new Result.Unreadable("it cannot be read: " + firstLine(e));
        }
    }

    private static WrittenLine fields(JsonParser parser) throws IOException {
        String stream = null;
        String agent = null;
        long epoch = -1;
        long seq = -1;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            switch (name) {
                case "stream" -> stream = text(parser, value);
                case "agent" -> agent = text(parser, value);
                case "epoch" -> epoch = number(parser, value);
                case "seq" -> seq = number(parser, value);
                default -> parser.skipChildren();
            }
        }
        return new WrittenLine(stream, agent, epoch, seq);
    }

    private static @Nullable String text(JsonParser parser, JsonToken value) throws IOException {
        parser.skipChildren();
        return value == JsonToken.VALUE_STRING ? parser.getText() : null;
    }

    private static long number(JsonParser parser, JsonToken value) throws IOException {
        parser.skipChildren();
        return value == JsonToken.VALUE_NUMBER_INT && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER
                ? parser.getLongValue()
                : -1;
    }

    private static String firstLine(IOException e) {
        String message = String.valueOf(e.getMessage());
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end);
    }
}
