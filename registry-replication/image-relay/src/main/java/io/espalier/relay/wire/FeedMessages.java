package io.espalier.relay.wire;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.espalier.relay.feed.FeedLimits;
import io.espalier.relay.feed.Upstream;
import io.espalier.relay.feed.Want;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.Stripe;
import io.espalier.relay.protocol.Transfer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.regex.Pattern;

/** The text messages of a feed as JSON. All that is read comes from another node and is checked. Thread-safe. */
final class FeedMessages {
    private static final int MAX_DEPTH = 4;
    private static final int MAX_REASON = 2000;
    private static final Pattern REPOSITORY =
            Pattern.compile("[a-z0-9]+(?:(?:\\.|_{1,2}|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\\.|_{1,2}|-+)[a-z0-9]+)*)*");
    private static final int MAX_REPOSITORY = 255;
    private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}");

    private final ObjectMapper json = JsonMapper.builder().build();

    FeedMessages() {
        json.getFactory()
                .setStreamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(MAX_DEPTH)
                        .maxStringLength(FeedLimits.TEXT_BYTES)
                        .build());
    }

    /** What a child says. */
    sealed interface FromChild {}

    /** {@code {"type":"want", ...}}. */
    record Wanted(Want want) implements FromChild {}

    /** {@code {"type":"release","want":1}}. */
    record Released(int want) implements FromChild {}

    /** {@code {"type":"complain","want":1,"index":0}}. */
    record Complained(int want, int index) implements FromChild {}

    /** {@code {"type":"alive"}}. */
    record ChildAlive() implements FromChild {}

    /** What a parent says besides chunks. */
    sealed interface FromParent {}

    /** {@code {"type":"refused","want":1,"reason":"...","retryable":true}}. */
    record Refused(int want, String reason, boolean retryable) implements FromParent {}

    /**
     * {@code {"type":"alive","upstream":true,"paths":[{"repository":"app","stripe":0,"stripes":2,"path":["d"]}]}}; an older parent
     * sends no paths.
     */
    record ParentAlive(boolean upstream, List<Upstream> paths) implements FromParent {}

    String want(Want want) {
        ObjectNode message = object("want")
                .put("want", want.id())
                .put("repository", want.repository())
                .put("blob", want.blob())
                .put("size", want.size())
                .put("chunkBytes", want.chunkBytes())
                .put("priority", want.priority())
                .put("linkBytesPerSecond", want.linkBytesPerSecond())
                .put("have", want.have().toByteArray());
        return striped(message, want.stripe()).toString();
    }

    /** All chunks are what older nodes understand without a word. */
    private static ObjectNode striped(ObjectNode message, Stripe stripe) {
        return stripe.equals(Stripe.WHOLE)
                ? message
                : message.put("stripe", stripe.number()).put("stripes", stripe.count());
    }

    String release(int want) {
        return object("release").put("want", want).toString();
    }

    String complain(int want, int index) {
        return object("complain").put("want", want).put("index", index).toString();
    }

    String alive() {
        return object("alive").toString();
    }

    String refused(int want, String reason, boolean retryable) {
        String shown = reason.length() <= MAX_REASON ? reason : reason.substring(0, MAX_REASON);
        return object("refused")
                .put("want", want)
                .put("reason", shown)
                .put("retryable", retryable)
                .toString();
    }

    String alive(boolean upstream, List<Upstream> paths) {
        ObjectNode message = object("alive").put("upstream", upstream);
        ArrayNode all = message.putArray("paths");
        for (Upstream path : paths.subList(0, Math.min(FeedLimits.PATHS, paths.size()))) {
            ArrayNode names = striped(all.addObject().put("repository", path.repository()), path.stripe())
                    .putArray("path");
            path.nodes().stream().limit(FeedLimits.PATH).forEach(node -> names.add(node.value()));
        }
        return message.toString();
    }

    private ObjectNode object(String type) {
        return json.createObjectNode().put("type", type);
    }

    /**
     * Reads what a child sent.
     *
     * @throws IllegalArgumentException with a sentence when it is no such message
     */
    FromChild fromChild(String text) {
        JsonNode message = read(text);
        String type = message.path("type").asText();
        return switch (type) {
            case "want" -> new Wanted(readWant(message));
            case "release" -> new Released((int) number(message, "want", 0, Integer.MAX_VALUE));
            case "complain" ->
                new Complained((int) number(message, "want", 0, Integer.MAX_VALUE), (int)
                        number(message, "index", 0, FeedLimits.CHUNKS_OF_A_BLOB - 1));
            case "alive" -> new ChildAlive();
            default -> throw unknown(type, "want, release, complain, alive");
        };
    }

    /**
     * Reads what a parent sent.
     *
     * @throws IllegalArgumentException with a sentence when it is no such message
     */
    FromParent fromParent(String text) {
        JsonNode message = read(text);
        String type = message.path("type").asText();
        return switch (type) {
            case "refused" ->
                new Refused(
                        (int) number(message, "want", 0, Integer.MAX_VALUE),
                        text(message, "reason", MAX_REASON),
                        message.path("retryable").asBoolean());
            case "alive" -> new ParentAlive(message.path("upstream").asBoolean(), paths(message));
            default -> throw unknown(type, "refused, alive");
        };
    }

    private static IllegalArgumentException unknown(String type, String known) {
        String shown = type.length() <= 40 ? type : type.substring(0, 40) + "...";
        return new IllegalArgumentException("Tried to read a feed message of type '" + shown
                + "' but this release knows only " + known + "; update the older of the two nodes.");
    }

    private JsonNode read(String text) {
        try {
            JsonNode message = json.readTree(text);
            if (message != null && message.isObject()) {
                return message;
            }
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "Tried to read a feed message but it is no JSON: " + e.getOriginalMessage() + ".", e);
        }
        throw new IllegalArgumentException("Tried to read a feed message but it is no JSON object.");
    }

    private static Want readWant(JsonNode message) {
        int chunkBytes = (int) number(message, "chunkBytes", Transfer.MIN_CHUNK_BYTES, Transfer.MAX_CHUNK_BYTES);
        long size = number(message, "size", 0, (long) FeedLimits.CHUNKS_OF_A_BLOB * chunkBytes);
        String repository = text(message, "repository", MAX_REPOSITORY);
        String blob = text(message, "blob", 200);
        if (!REPOSITORY.matcher(repository).matches()) {
            throw wrong("repository", "a repository's name");
        }
        if (!DIGEST.matcher(blob).matches()) {
            throw wrong("blob", "a digest");
        }
        return new Want(
                (int) number(message, "want", 0, Integer.MAX_VALUE),
                repository,
                blob,
                size,
                chunkBytes,
                (int) number(message, "priority", 1, 10),
                number(message, "linkBytesPerSecond", 0, Long.MAX_VALUE),
                have(message, size, chunkBytes),
                stripe(message));
    }

    private static Stripe stripe(JsonNode message) {
        if (!message.has("stripes")) {
            return Stripe.WHOLE;
        }
        int count = (int) number(message, "stripes", 1, Stripe.MOST);
        return new Stripe((int) number(message, "stripe", 0, count - 1), count);
    }

    private static BitSet have(JsonNode message, long size, int chunkBytes) {
        byte[] bits;
        try {
            JsonNode have = message.path("have");
            bits = have.isTextual() ? have.binaryValue() : null;
        } catch (IOException e) {
            throw new IllegalArgumentException(wrong("have", "base64").getMessage(), e);
        }
        long chunks = (size + chunkBytes - 1) / chunkBytes;
        if (bits == null || bits.length > (chunks + 7) / 8) {
            throw wrong("have", "the base64 of at most " + (chunks + 7) / 8 + " bytes");
        }
        return BitSet.valueOf(bits);
    }

    private static List<Upstream> paths(JsonNode message) {
        JsonNode all = message.path("paths");
        if (all.size() > FeedLimits.PATHS) {
            throw wrong("paths", "a list of at most " + FeedLimits.PATHS + " paths");
        }
        List<Upstream> paths = new ArrayList<>();
        all.forEach(
                path -> paths.add(new Upstream(text(path, "repository", MAX_REPOSITORY), stripe(path), path(path))));
        return paths;
    }

    private static List<NodeId> path(JsonNode message) {
        JsonNode path = message.path("path");
        if (path.size() > FeedLimits.PATH) {
            throw wrong("path", "a list of at most " + FeedLimits.PATH + " names");
        }
        List<NodeId> nodes = new ArrayList<>();
        path.forEach(name -> nodes.add(new NodeId(name.asText())));
        return nodes;
    }

    private static long number(JsonNode message, String field, long min, long max) {
        JsonNode value = message.path(field);
        if (!value.isIntegralNumber()
                || !value.canConvertToLong()
                || value.longValue() < min
                || value.longValue() > max) {
            throw wrong(field, "a whole number from " + min + " to " + max);
        }
        return value.longValue();
    }

    private static String text(JsonNode message, String field, int max) {
        JsonNode value = message.path(field);
        if (!value.isTextual() || value.textValue().length() > max) {
            throw wrong(field, "a text of at most " + max + " characters");
        }
        return value.textValue();
    }

    private static IllegalArgumentException wrong(String field, String right) {
        return new IllegalArgumentException(
                "Tried to read a feed message but its '" + field + "' is not " + right + ".");
    }
}
