package io.espalier.http;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonMappingException.Reference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.TypeFactory;
import com.fasterxml.jackson.databind.util.LRUMap;
import com.fasterxml.jackson.databind.util.LookupCache;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads request bodies as JSON, strictly, and writes answers.
 *
 * <p>Refused are: syntax errors, text after the end, a name given twice, unknown names, values of another type, and
 * nesting deeper than 100. What is refused becomes an {@link HttpFault} of status 400 that names line and column or the
 * field. One instance a door, for many threads.
 */
public final class JsonBody {
    private static final int CACHED_TYPES = 64;
    private static final int MAX_DEPTH = 100;

    private final ObjectMapper mapper;

    /** @param maxTextChars the longest string value to take */
    public JsonBody(int maxTextChars) {
        JsonFactory factory = JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(MAX_DEPTH)
                        .maxStringLength(maxTextChars)
                        .build())
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .build();
        LookupCache<Object, JavaType> types = new LRUMap<>(CACHED_TYPES, CACHED_TYPES);
        // Jackson's shared type factory would hold the classes of a plug-in that is gone.
        mapper = JsonMapper.builder(factory)
                .typeFactory(TypeFactory.defaultInstance().withCache(types))
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .build();
    }

    /** Reads the request's body, whose media type must be {@code application/json}, as one object of the type. */
    public <T> T read(RoutingContext ctx, Class<T> type) {
        MediaType.require(ctx, "application/json");
        Buffer body = ctx.body().buffer();
        return read(body == null ? new byte[0] : body.getBytes(), type);
    }

    /** Reads the bytes as one object of the type: a record, a map, or {@link JsonNode}. */
    public <T> T read(byte[] body, Class<T> type) {
        if (body.length == 0) {
            throw new HttpFault(400, "EMPTY_BODY", "The request has no body; send one JSON object.");
        }
        try {
            @Nullable T value = mapper.readValue(body, type);
            if (value == null) {
                throw new HttpFault(400, "WRONG_FIELD", "The body is the JSON value null; send one JSON object.");
            }
            return value;
        } catch (JsonProcessingException e) {
            throw fault(e);
        } catch (IOException e) {
            throw new UncheckedIOException("Reading an array failed.", e);
        }
    }

    /** Answers with the value as JSON. */
    public void answer(RoutingContext ctx, int status, Object value) {
        ctx.response()
                .setStatusCode(status)
                .putHeader("Content-Type", "application/json")
                .end(Buffer.buffer(write(value)));
    }

    /** The value as JSON. */
    public byte[] write(Object value) {
        try {
            return mapper.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The answer could not be written as JSON.", e);
        }
    }

    private static HttpFault fault(JsonProcessingException e) {
        if (e instanceof UnrecognizedPropertyException unknown) {
            return new HttpFault(
                    400,
                    "WRONG_FIELD",
                    "The field '" + path(unknown) + "' is not known; known are " + names(unknown.getKnownPropertyIds())
                            + ".");
        }
        if (e instanceof InvalidFormatException bad) {
            return new HttpFault(
                    400,
                    "WRONG_FIELD",
                    "The field '" + path(bad) + "' has a value that is no "
                            + bad.getTargetType().getSimpleName() + where(bad) + ".");
        }
        if (e instanceof MismatchedInputException wrong && !wrong.getPath().isEmpty()) {
            return new HttpFault(
                    400,
                    "WRONG_FIELD",
                    "The field '" + path(wrong) + "' is not valid" + where(wrong) + ": " + reason(e));
        }
        if (e instanceof JsonMappingException mapping && mapping.getCause() instanceof IllegalArgumentException cause) {
            return new HttpFault(400, "WRONG_FIELD", String.valueOf(cause.getMessage()));
        }
        if (e instanceof InputCoercionException || e.getCause() instanceof InputCoercionException) {
            return new HttpFault(400, "WRONG_FIELD", "A number is out of range" + where(e) + ": " + reason(e));
        }
        return new HttpFault(
                400, "MALFORMED_JSON", "The body is not the JSON expected here" + where(e) + ": " + reason(e));
    }

    private static String path(JsonMappingException e) {
        StringBuilder path = new StringBuilder();
        for (Reference step : e.getPath()) {
            if (step.getFieldName() == null) {
                path.append('[').append(step.getIndex()).append(']');
            } else {
                path.append(path.length() == 0 ? "" : ".").append(shortened(step.getFieldName(), 60));
            }
        }
        return path.toString();
    }

    private static String names(@Nullable Collection<Object> known) {
        return known == null || known.isEmpty()
                ? "none"
                : new TreeSet<>(known).stream().map(String::valueOf).collect(Collectors.joining(", "));
    }

    private static String where(JacksonException e) {
        @Nullable JsonLocation at = e.getLocation();
        return at == null || at.getLineNr() < 1 ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
    }

    /** The library's message without class names and locations, which help no caller. */
    private static String reason(JacksonException e) {
        String message = String.valueOf(e.getOriginalMessage());
        int end = message.indexOf('\n');
        String line = end < 0 ? message : message.substring(0, end);
        String plain = line.replaceAll("`?(?:[a-z]\\w*\\.)+[A-Z][\\w.$]*(?:<[^>]*>)?`?", "a value")
                .strip();
        return shortened(plain, 200) + (plain.endsWith(".") ? "" : ".");
    }

    private static String shortened(String text, int max) {
        return text.length() <= max ? text : text.substring(0, max) + "...";
    }
}
