package io.espalier.registry.content;

import com.fasterxml.jackson.databind.JsonNode;
import io.espalier.registry.name.Digest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads descriptors; throws {@code IllegalArgumentException} that names the place. */
final class DescriptorReader {
    List<Descriptor> list(JsonNode parent, String name) {
        JsonNode array = parent.path(name);
        if (!array.isArray()) {
            throw new IllegalArgumentException("it has no list \"" + name + "\"");
        }
        List<Descriptor> found = new ArrayList<>();
        for (JsonNode entry : array) {
            found.add(read(entry, name + "[" + found.size() + "]"));
        }
        return found;
    }

    Descriptor read(JsonNode json, String place) {
        if (!json.isObject()) {
            throw new IllegalArgumentException(place + " is no descriptor");
        }
        String mediaType = text(json, "mediaType", place);
        if (mediaType.isEmpty()) {
            throw new IllegalArgumentException(place + " has no mediaType");
        }
        JsonNode size = json.path("size");
        if (!size.isIntegralNumber() || !size.canConvertToLong() || size.asLong() < 0) {
            throw new IllegalArgumentException(place + " has no size, or one that is no count of bytes");
        }
        Digest digest;
        try {
            digest = Digest.of(text(json, "digest", place));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(place + ": " + e.getMessage(), e);
        }
        return new Descriptor(
                mediaType,
                digest,
                size.asLong(),
                annotations(json, place),
                platform(json, place),
                text(json, "artifactType", place),
                urls(json, place));
    }

    Map<String, String> annotations(JsonNode json, String place) {
        JsonNode annotations = json.path("annotations");
        if (annotations.isMissingNode() || annotations.isNull()) {
            return Map.of();
        }
        if (!annotations.isObject()) {
            throw new IllegalArgumentException(place + " has annotations that are no object");
        }
        Map<String, String> found = new LinkedHashMap<>();
        annotations.properties().forEach(entry -> {
            if (!entry.getValue().isTextual()) {
                throw new IllegalArgumentException(place + " has an annotation that is no text");
            }
            found.put(entry.getKey(), entry.getValue().asText());
        });
        return found;
    }

    /** Empty if there is none. */
    String text(JsonNode json, String name, String place) {
        JsonNode value = json.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return "";
        }
        if (!value.isTextual()) {
            throw new IllegalArgumentException(place + " has a " + name + " that is no text");
        }
        return value.asText();
    }

    private Optional<Platform> platform(JsonNode json, String place) {
        JsonNode platform = json.path("platform");
        if (!platform.isObject()) {
            return Optional.empty();
        }
        return Optional.of(new Platform(
                text(platform, "os", place),
                text(platform, "architecture", place),
                text(platform, "variant", place),
                text(platform, "os.version", place)));
    }

    private static List<String> urls(JsonNode json, String place) {
        JsonNode urls = json.path("urls");
        List<String> found = new ArrayList<>();
        for (JsonNode url : urls) {
            if (!url.isTextual()) {
                throw new IllegalArgumentException(place + " has a URL that is no text");
            }
            found.add(url.asText());
        }
        return found;
    }
}
