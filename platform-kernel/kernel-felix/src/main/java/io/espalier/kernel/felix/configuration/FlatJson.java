package io.espalier.kernel.felix.configuration;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON objects whose values are strings, numbers, booleans or lists of those, as configuration files hold them. Numbers become
 * Long or Double. Comments that begin with {@code //} or {@code #} are allowed, since people explain their settings.
 */
public final class FlatJson {
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
            .enable(JsonReadFeature.ALLOW_YAML_COMMENTS)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    private FlatJson() {}

    /** Says in a sentence, with line and column, why a text is no such object. */
    public static final class Malformed extends Exception {
        private static final long serialVersionUID = 1;

        Malformed(String message, Throwable cause) {
            super(message, cause);
        }

        Malformed(String message) {
            super(message);
        }
    }

    public static Map<String, Object> read(String text) throws Malformed {
        try (JsonParser parser = JSON.createParser(text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw malformed(parser.currentTokenLocation(), "the file must hold one JSON object, { ... }");
            }
            Map<String, Object> values = object(parser);
            if (parser.nextToken() != null) {
                throw malformed(parser.currentTokenLocation(), "there is more after the closing brace; remove it");
            }
            return values;
        } catch (JsonProcessingException e) {
            throw new Malformed(
                    where(e.getLocation())
                            + e.getOriginalMessage().lines().findFirst().orElse("") + ".",
                    e);
        } catch (IOException e) {
            throw new Malformed("The text cannot be read: " + e.getMessage() + ".", e);
        }
    }

    /** One key a line, in the map's order. */
    public static String write(Map<String, ?> values) {
        StringWriter text = new StringWriter();
        try (JsonGenerator generator = JSON.createGenerator(text)) {
            generator.useDefaultPrettyPrinter();
            value(generator, values);
        } catch (IOException e) {
            throw new IllegalStateException("Tried to write JSON to memory, but: " + e.getMessage(), e);
        }
        return text.append('\n').toString();
    }

    /** Any value on one line: maps, lists, strings, numbers, booleans, null. */
    public static String line(Object value) {
        StringWriter text = new StringWriter();
        try (JsonGenerator generator = JSON.createGenerator(text)) {
            value(generator, value);
        } catch (IOException e) {
            throw new IllegalStateException("Tried to write JSON to memory, but: " + e.getMessage(), e);
        }
        return text.toString();
    }

    private static Map<String, Object> object(JsonParser parser) throws IOException, Malformed {
        Map<String, Object> values = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            parser.nextToken();
            values.put(key, parser.currentToken() == JsonToken.START_ARRAY ? list(parser, key) : scalar(parser, key));
        }
        return values;
    }

    private static List<Object> list(JsonParser parser, String key) throws IOException, Malformed {
        List<Object> values = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            values.add(scalar(parser, key));
        }
        return values;
    }

    private static Object scalar(JsonParser parser, String key) throws IOException, Malformed {
        JsonToken token = parser.currentToken();
        return switch (token) {
            case VALUE_STRING -> parser.getText();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_NUMBER_INT -> parser.getLongValue();
            case VALUE_NULL ->
                throw malformed(parser.currentTokenLocation(), key + " is null; leave the key out for its default");
            default ->
                throw malformed(
                        parser.currentTokenLocation(),
                        key
                                + " is an object or a list in a list; only strings, numbers, booleans and lists of them are allowed");
        };
    }

    private static void value(JsonGenerator generator, Object value) throws IOException {
        if (value instanceof Map<?, ?> map) {
            generator.writeStartObject();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                generator.writeFieldName(String.valueOf(entry.getKey()));
                value(generator, entry.getValue());
            }
            generator.writeEndObject();
        } else if (value instanceof Iterable<?> list) {
            generator.writeStartArray();
            for (Object element : list) {
                value(generator, element);
            }
            generator.writeEndArray();
        } else if (value instanceof Boolean truth) {
            generator.writeBoolean(truth);
        } else if (value instanceof Long || value instanceof Integer) {
            generator.writeNumber(((Number) value).longValue());
        } else if (value instanceof Number number) {
            generator.writeNumber(number.doubleValue());
        } else {
            generator.writeString(String.valueOf(value));
        }
    }

    private static Malformed malformed(JsonLocation at, String why) {
        return new Malformed(where(at) + why + ".");
    }

    private static String where(@Nullable JsonLocation at) {
        return at == null ? "" : "Line " + at.getLineNr() + ", column " + at.getColumnNr() + ": ";
    }
}
