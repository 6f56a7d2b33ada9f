package io.espalier.registry.content;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.espalier.registry.error.ErrorCode;
import io.espalier.registry.error.RegistryException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads what a manifest says, strictly: what two readers could understand differently is refused.
 *
 * <p>Source: OCI image specification 1.1 (manifest, image index, descriptor), Docker image manifest version 2 schema 2.
 */
public final class ManifestReader {
    private static final ObjectReader JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build()
            .reader();

    private ManifestReader() {}

    /** Reads a manifest of at most {@link Manifest#MOST_BYTES}. */
    public static ManifestView read(Manifest manifest) throws RegistryException {
        return read(manifest, Manifest.MOST_BYTES);
    }

    /**
     * Reads a manifest.
     *
     * @throws RegistryException MANIFEST_INVALID, UNSUPPORTED_MANIFEST or TOO_LARGE with a sentence that names the manifest
     */
    public static ManifestView read(Manifest manifest, int mostBytes) throws RegistryException {
        if (manifest.size() > mostBytes) {
            throw RegistryException.lasting(
                    ErrorCode.TOO_LARGE,
                    "The manifest " + manifest + " is larger than the " + mostBytes + " bytes that registries take.");
        }
        checkSupported(manifest.mediaType(), manifest);
        JsonNode json = parse(manifest);
        if (!json.isObject()) {
            throw invalid(manifest, "it is no JSON object");
        }
        if (json.path("schemaVersion").asInt() == 1) {
            throw schema1(manifest);
        }
        if (json.path("schemaVersion").asInt() != 2) {
            throw invalid(manifest, "its schemaVersion is not 2");
        }
        checkMediaType(manifest, json);
        return view(manifest, json);
    }

    /** Throws UNSUPPORTED_MANIFEST for media types of manifests that this client does not read. */
    public static void checkSupported(String mediaType, Object shownAs) throws RegistryException {
        if (MediaTypes.isSchema1(mediaType)) {
            throw schema1(shownAs);
        }
        if (mediaType.equals(MediaTypes.OCI_ARTIFACT)) {
            throw unsupported(
                    "The manifest " + shownAs + " is an artifact manifest of a draft of OCI 1.1, which registries"
                            + " refuse; push the artifact again with a current tool.");
        }
        if (!MediaTypes.isManifest(mediaType)) {
            throw unsupported("The manifest " + shownAs + " has the media type \"" + mediaType
                    + "\", which is no image, artifact or index of OCI or Docker schema 2.");
        }
    }

    private static JsonNode parse(Manifest manifest) throws RegistryException {
        try {
            return JSON.readTree(manifest.bytes());
        } catch (JsonProcessingException e) {
            throw invalid(manifest, "it is no proper JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw invalid(manifest, "it cannot be read: " + e.getMessage());
        }
    }

    private static void checkMediaType(Manifest manifest, JsonNode json) throws RegistryException {
        JsonNode stated = json.path("mediaType");
        boolean docker = manifest.mediaType().startsWith("application/vnd.docker.");
        if (stated.isMissingNode() && !docker) {
            return;
        }
        if (!stated.isTextual() || !stated.asText().equals(manifest.mediaType())) {
            throw invalid(
                    manifest,
                    "it says mediaType \"" + stated.asText("") + "\" but was sent as \"" + manifest.mediaType() + "\"");
        }
    }

    private static ManifestView view(Manifest manifest, JsonNode json) throws RegistryException {
        boolean index = MediaTypes.isIndex(manifest.mediaType());
        // Readers that go by content and readers that go by media type must see the same.
        if (index ? json.has("layers") || json.has("config") : json.has("manifests")) {
            throw invalid(manifest, "it has parts of an image and of an index");
        }
        try {
            DescriptorReader reader = new DescriptorReader();
            Optional<Descriptor> subject =
                    json.has("subject") ? Optional.of(reader.read(json.path("subject"), "subject")) : Optional.empty();
            String artifactType = reader.text(json, "artifactType", "the manifest");
            Map<String, String> annotations = reader.annotations(json, "the manifest");
            if (index) {
                List<Descriptor> manifests = reader.list(json, "manifests");
                return new IndexManifest(manifests, subject, artifactType, annotations);
            }
            Descriptor config = reader.read(json.path("config"), "config");
            return new ImageManifest(config, reader.list(json, "layers"), subject, artifactType, annotations);
        } catch (IllegalArgumentException e) {
            throw invalid(manifest, String.valueOf(e.getMessage()));
        }
    }

    private static RegistryException schema1(Object shownAs) {
        return unsupported(
                "The manifest " + shownAs + " is Docker schema 1, which cannot be copied without changing its"
                        + " digest; push the image again with a current docker.");
    }

    private static RegistryException unsupported(String message) {
        return RegistryException.lasting(ErrorCode.UNSUPPORTED_MANIFEST, message);
    }

    private static RegistryException invalid(Manifest manifest, String why) {
        return RegistryException.lasting(
                ErrorCode.MANIFEST_INVALID, "The manifest " + manifest + " is not valid: " + why + "; push it again.");
    }
}
