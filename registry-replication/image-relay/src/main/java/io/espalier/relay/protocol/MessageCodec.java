package io.espalier.relay.protocol;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.type.TypeFactory;
import com.fasterxml.jackson.databind.util.LRUMap;
import com.fasterxml.jackson.databind.util.LookupCache;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Messages as JSON: {@code {"type":"hello", ...}}, byte arrays in base64. An unknown property is ignored, so that nodes of
 * neighbouring releases understand each other; an unknown type is an {@link UnknownMessageException}. Thread-safe.
 */
public final class MessageCodec {
    private static final String TYPE = "type";
    private static final int CACHED_TYPES = 200;
    private static final Pattern NAME = Pattern.compile("[a-z]{1,40}");

    /** With types of its own: Jackson's shared ones would keep this plug-in's classes after it is gone. */
    private final ObjectMapper json = JsonMapper.builder()
            .typeFactory(TypeFactory.defaultInstance().withCache(ownCache()))
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private final Map<String, Class<?>> fromNode = types(NodeMessage.class);
    private final Map<String, Class<?>> fromMaster = types(MasterMessage.class);

    private static LookupCache<Object, JavaType> ownCache() {
        return new LRUMap<>(16, CACHED_TYPES);
    }

    private static Map<String, Class<?>> types(Class<?> sealed) {
        return Arrays.stream(requireNonNull(sealed.getPermittedSubclasses()))
                .collect(Collectors.toUnmodifiableMap(MessageCodec::name, type -> type));
    }

    private static String name(Class<?> type) {
        return type.getSimpleName().toLowerCase(Locale.ROOT);
    }

    public String encode(NodeMessage message) {
        return write(message);
    }

    public String encode(MasterMessage message) {
        return write(message);
    }

    /**
     * Reads what a node sent.
     *
     * @throws UnknownMessageException when it is of a newer release
     * @throws IllegalArgumentException with a sentence when it is no such message
     */
    public NodeMessage nodeMessage(String text) {
        return (NodeMessage) read(text, fromNode);
    }

    /**
     * Reads what the master sent.
     *
     * @throws UnknownMessageException when it is of a newer release
     * @throws IllegalArgumentException with a sentence when it is no such message
     */
    public MasterMessage masterMessage(String text) {
        return (MasterMessage) read(text, fromMaster);
    }

    /** Any record of this package as JSON, for files and request bodies. */
    public String encodeRecord(Record value) {
        try {
            return json.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A " + value.getClass().getSimpleName() + " cannot be written as JSON.", e);
        }
    }

    /**
     * The reverse of {@link #encodeRecord}.
     *
     * @throws IllegalArgumentException with a sentence when the text is no such record
     */
    public <T extends Record> T decodeRecord(String text, Class<T> type) {
        try {
            return Objects.requireNonNull(json.readValue(text, type), "null");
        } catch (JsonProcessingException | NullPointerException e) {
            throw new IllegalArgumentException("Tried to read a " + name(type) + " but " + why(e) + ".", e);
        }
    }

    private String write(Record message) {
        ObjectNode node = json.valueToTree(message);
        return node.put(TYPE, name(message.getClass())).toString();
    }

    private String write(Object message) {
        return write((Record) message);
    }

    private Record read(String text, Map<String, Class<?>> types) {
        try {
            JsonNode node = json.readTree(text);
            String name = node.path(TYPE).asText();
            Class<?> type = types.get(name);
            if (type == null) {
                String sentence = "Tried to read a message of type '" + name + "' but this release knows only "
                        + types.keySet() + "; update the older of the two nodes.";
                throw NAME.matcher(name).matches()
                        ? new UnknownMessageException(name, sentence)
                        : new IllegalArgumentException(sentence);
            }
            return (Record) json.treeToValue(node, type);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("Tried to read a message but " + why(e) + ".", e);
        }
    }

    private static String why(Exception e) {
        return e instanceof JsonProcessingException wrong ? wrong.getOriginalMessage() : String.valueOf(e.getMessage());
    }
}
