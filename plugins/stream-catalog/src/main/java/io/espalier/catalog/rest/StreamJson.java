package io.espalier.catalog.rest;

import com.fasterxml.jackson.databind.JsonNode;
import io.espalier.http.HttpFault;
import io.espalier.stream.catalog.StreamDefinition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Definitions as JSON: what is answered can be changed and sent back. */
final class StreamJson {
    private StreamJson() {}

    static String etag(long version) {
        return "\"" + version + '"';
    }

    static Map<String, Object> of(StreamDefinition definition) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", definition.id().toString());
        json.put("version", definition.version());
        json.put("topic", definition.topic());
        json.put("partitions", definition.partitions());
        json.put("priority", definition.priority());
        json.put("delivery", definition.delivery().name().toLowerCase(Locale.ROOT));
        json.put("format", definition.format());
        json.put("terminals", definition.terminals());
        json.put("maxRecordBytes", definition.maxRecordBytes());
        json.put("description", definition.description());
        return json;
    }

    /** At most {@code limit} streams of those given, and the id after which the next page begins, or null. */
    static Map<String, @Nullable Object> page(List<StreamDefinition> found, int limit) {
        List<StreamDefinition> shown = found.subList(0, Math.min(limit, found.size()));
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("streams", shown.stream().map(StreamJson::of).toList());
        json.put("next", found.size() > limit ? shown.get(limit - 1).id().toString() : null);
        return json;
    }

    /** The fields of a JSON object as plain values. */
    static Map<String, @Nullable Object> fields(JsonNode body) {
        if (!body.isObject()) {
            throw new HttpFault(
                    400,
                    "WRONG_FIELD",
                    "The body is a JSON " + body.getNodeType().name().toLowerCase(Locale.ROOT)
                            + "; send one JSON object with the stream's fields.");
        }
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        body.properties().forEach(field -> fields.put(field.getKey(), value(field.getValue())));
        return fields;
    }

    private static @Nullable Object value(JsonNode node) {
        if (node.isNull()) {
            return null;
        } else if (node.isTextual()) {
            return node.textValue();
        } else if (node.isNumber()) {
            return node.numberValue();
        } else if (node.isBoolean()) {
            return node.booleanValue();
        } else if (node.isArray()) {
            List<@Nullable Object> items = new ArrayList<>();
            node.forEach(item -> items.add(value(item)));
            return items;
        } else {
            return fields(node);
        }
    }
}
