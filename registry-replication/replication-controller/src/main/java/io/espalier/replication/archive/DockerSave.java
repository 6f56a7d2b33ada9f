package io.espalier.replication.archive;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.espalier.registry.client.BlobSource;
import io.espalier.registry.content.Manifest;
import io.espalier.registry.content.MediaTypes;
import io.espalier.registry.name.Digest;
import io.espalier.replication.archive.ArchivedImage.Blob;
import io.espalier.replication.image.ImageName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads what {@code docker save} writes (Docker image specification 1.2): {@code manifest.json}, a configuration, and layers as
 * plain tar files. The manifest is made anew, as {@code docker push} does; layers are compressed as they are for a push, so that
 * they take less of the links.
 */
final class DockerSave {
    private static final String MANIFEST = "manifest.json";
    private static final String CONFIG_TYPE = "application/vnd.docker.container.image.v1+json";
    private static final String LAYER_TYPE = "application/vnd.docker.image.rootfs.diff.tar.gzip";
    private static final int MAX_LAYERS = 1_000;
    private static final ObjectMapper JSON = new ObjectMapper();

    private DockerSave() {}

    static boolean isIn(TarFile tar) {
        return tar.has(MANIFEST);
    }

    /**
     * The image to push under a name; the message of a failure goes behind "the archive".
     *
     * @param temporary takes compressed layers, for the caller to delete
     */
    static ArchivedImage read(TarFile tar, ImageName wanted, Path temporary) throws IOException {
        JsonNode entry = choose(parse(tar, MANIFEST), wanted);
        String configMember = text(entry, "Config");
        byte[] config = tar.bytes(configMember, Manifest.MOST_BYTES);
        List<String> layers = texts(entry.path("Layers"), "Layers");
        List<String> plainDigests =
                texts(parse(config, configMember).path("rootfs").path("diff_ids"), "diff_ids");
        if (layers.size() != plainDigests.size() || layers.size() > MAX_LAYERS) {
            throw new IOException("names " + layers.size() + " layers but its configuration names "
                    + plainDigests.size() + "; at most " + MAX_LAYERS + " are taken");
        }
        Digest configDigest = Digest.sha256(config);
        List<Blob> blobs = new ArrayList<>();
        blobs.add(new Blob(configDigest, config.length, BlobSource.of(config)));
        List<Blob> pushed = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            pushed.add(LayerBlob.of(tar, layers.get(i), digest(plainDigests.get(i)), temporary));
        }
        blobs.addAll(pushed);
        Manifest manifest = manifest(configDigest, config.length, pushed);
        return new ArchivedImage(List.of(manifest), blobs);
    }

    private static JsonNode choose(JsonNode list, ImageName wanted) throws IOException {
        if (!list.isArray()) {
            throw new IOException("has a " + MANIFEST + " that is no list");
        }
        List<List<String>> names = new ArrayList<>();
        for (JsonNode entry : list) {
            List<String> tags = new ArrayList<>();
            entry.path("RepoTags").forEach(tag -> tags.add(tag.asText()));
            names.add(tags);
        }
        return list.get(ArchiveNames.choose(names, wanted));
    }

    private static Manifest manifest(Digest config, long configBytes, List<Blob> layers) {
        ObjectNode json = JSON.createObjectNode().put("schemaVersion", 2).put("mediaType", MediaTypes.DOCKER_MANIFEST);
        json.putObject("config")
                .put("mediaType", CONFIG_TYPE)
                .put("size", configBytes)
                .put("digest", config.toString());
        ArrayNode list = json.putArray("layers");
        layers.forEach(layer -> list.addObject()
                .put("mediaType", LAYER_TYPE)
                .put("size", layer.size())
                .put("digest", layer.digest().toString()));
        return Manifest.of(MediaTypes.DOCKER_MANIFEST, json.toString().getBytes(UTF_8));
    }

    private static JsonNode parse(TarFile tar, String member) throws IOException {
        return parse(tar.bytes(member, Manifest.MOST_BYTES), member);
    }

    private static JsonNode parse(byte[] bytes, String member) throws IOException {
        try {
            JsonNode node = JSON.readTree(bytes);
            if (node != null) {
                return node;
            }
        } catch (IOException noJson) {
            throw new IOException("has a " + member + " that is no JSON", noJson);
        }
        throw new IOException("has a " + member + " without content");
    }

    private static String text(JsonNode parent, String field) throws IOException {
        JsonNode node = parent.path(field);
        if (!node.isTextual() || node.asText().isEmpty()) {
            throw new IOException("has a " + MANIFEST + " without a text '" + field + "'");
        }
        return node.asText();
    }

    private static List<String> texts(JsonNode list, String field) throws IOException {
        if (!list.isArray()) {
            throw new IOException("has no list '" + field + "'");
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode node : list) {
            if (!node.isTextual()) {
                throw new IOException("has a list '" + field + "' with an entry that is no text");
            }
            texts.add(node.asText());
        }
        return texts;
    }

    private static Digest digest(String text) throws IOException {
        try {
            return Digest.of(text);
        } catch (IllegalArgumentException e) {
            throw new IOException("has the diff id '" + text + "', which is no digest", e);
        }
    }
}
