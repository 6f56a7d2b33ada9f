package io.espalier.replication.image;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.espalier.replication.image.ImageClosure.BlobRef;
import io.espalier.replication.image.ManifestContent.Child;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads manifests and indexes, and refuses what a registry would not take or nodes could not send on. Thread-safe. */
public final class ManifestReader {
    /** The limit of docker-registry, and the least that a registry must take (OCI distribution 1.1, "Pushing manifests"). */
    public static final int MAX_BYTES = 4 << 20;

    private static final int MAX_ENTRIES = 2_000;
    private static final int MAX_DEPTH = 64;
    private static final String ATTESTATION_OF = "vnd.docker.reference.digest";

    private final ObjectMapper json = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .build())
                    .build())
            .build();

    /**
     * Reads one.
     *
     * @param what names it in sentences, as {@code shop/web:1.0}
     * @param contentType with which the registry gave it
     * @throws ImageException of code REFUSED
     */
    public ManifestContent read(String what, String contentType, byte[] content) throws ImageException {
        String type = MediaTypes.bare(contentType);
        refuseUnknown(what, type);
        if (content.length > MAX_BYTES) {
            throw refused(what, "its manifest has " + content.length + " bytes; registries take at most " + MAX_BYTES);
        }
        JsonNode root = parse(what, content);
        if (root.path("schemaVersion").asInt() != 2) {
            throw refused(what, "its manifest has schemaVersion " + root.path("schemaVersion") + " where 2 must be");
        }
        String stated = root.path("mediaType").asText(type);
        if (!stated.equals(type)) {
            throw refused(what, "the registry calls its manifest " + type + " but it calls itself " + stated);
        }
        Optional<String> subject = root.hasNonNull("subject")
                ? Optional.of(digest(what, "subject", root.path("subject")))
                : Optional.empty();
        return MediaTypes.isIndex(type)
                ? new ManifestContent(type, children(what, root), List.of(), subject)
                : new ManifestContent(type, List.of(), blobs(what, root), subject);
    }

    /** Refuses a media type that is not sent; says what to do instead. */
    public static void refuseUnknown(String what, String type) throws ImageException {
        if (MediaTypes.isSchema1(type)) {
            throw refused(
                    what,
                    "it has Docker's manifest format 1, which registries no longer take; push it again with a present client");
        }
        if (type.equals(MediaTypes.OCI_ARTIFACT)) {
            throw refused(
                    what,
                    "it is an artifact manifest of OCI 1.0, which was withdrawn; push it again as an OCI 1.1 manifest with artifactType");
        }
        if (!MediaTypes.isKnown(type)) {
            throw refused(what, "its manifest has the media type '" + shown(type) + "', which is no image or index");
        }
    }

    private JsonNode parse(String what, byte[] content) throws ImageException {
        try {
            JsonNode root = json.readTree(content);
            if (root == null || !root.isObject()) {
                throw refused(what, "its manifest is no JSON object");
            }
            return root;
        } catch (IOException e) {
            throw refused(what, "its manifest is no JSON");
        }
    }

    private static List<Child> children(String what, JsonNode root) throws ImageException {
        List<Child> children = new ArrayList<>();
        for (JsonNode entry : entries(what, root, "manifests")) {
            JsonNode platform = entry.path("platform");
            children.add(new Child(
                    digest(what, "manifests", entry),
                    entry.path("mediaType").asText(""),
                    platform.path("os").asText(""),
                    platform.path("architecture").asText(""),
                    platform.path("variant").asText(""),
                    entry.path("annotations").path(ATTESTATION_OF).asText("")));
        }
        return children;
    }

    private static List<BlobRef> blobs(String what, JsonNode root) throws ImageException {
        List<BlobRef> blobs = new ArrayList<>();
        blobs.add(blob(what, "config", root.path("config")));
        for (JsonNode layer : entries(what, root, "layers")) {
            String type = layer.path("mediaType").asText("");
            if (MediaTypes.isForeign(type) || !layer.path("urls").isEmpty()) {
                throw refused(
                        what,
                        "its layer " + digest(what, "layers", layer)
                                + " is a foreign one, which its licence keeps out of other registries; build the image"
                                + " with the layer included");
            }
            blobs.add(blob(what, "layers", layer));
        }
        return blobs;
    }

    private static JsonNode entries(String what, JsonNode root, String field) throws ImageException {
        JsonNode list = root.path(field);
        if (!list.isArray()) {
            throw refused(what, "its manifest has no list '" + field + "'");
        }
        if (list.size() > MAX_ENTRIES) {
            throw refused(what, "its list '" + field + "' has " + list.size() + " entries; at most " + MAX_ENTRIES
                    + " are taken");
        }
        return list;
    }

    private static BlobRef blob(String what, String field, JsonNode entry) throws ImageException {
        String digest = digest(what, field, entry);
        JsonNode size = entry.path("size");
        if (!size.isIntegralNumber() || !size.canConvertToLong() || size.asLong() < 0) {
            throw refused(what, "its entry " + digest + " in '" + field + "' has no size");
        }
        return new BlobRef(digest, size.asLong());
    }

    private static String digest(String what, String field, JsonNode entry) throws ImageException {
        String digest = entry.path("digest").asText("");
        if (!ImageName.isDigest(digest)) {
            throw refused(what, "an entry of '" + field + "' has the digest '" + shown(digest) + "'; only sha256 is taken");
        }
        return digest;
    }

    private static ImageException refused(String what, String why) {
        return ImageException.refused("Tried to read " + what + " but " + why + ".");
    }

    private static String shown(String text) {
        return text.length() <= 120 ? text : text.substring(0, 120) + "...";
    }
}
