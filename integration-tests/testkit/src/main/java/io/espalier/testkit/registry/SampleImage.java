package io.espalier.testkit.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A manifest or index with all that hangs below it, made at run time by {@link SampleImages}.
 *
 * @param mediaType its content type
 * @param json the manifest, exactly as pushed
 * @param config the configuration blob; none for an index
 * @param layers the layers as they are pushed
 * @param plainLayers the same as plain tar files, as docker-save writes them; empty where layers are no tar files
 * @param children of an index
 * @param platform as {@code linux/amd64}, empty if none
 * @param artifactType of a descriptor that points here, empty if none
 */
public record SampleImage(
        String mediaType,
        String json,
        List<SampleBlob> config,
        List<SampleBlob> layers,
        List<SampleBlob> plainLayers,
        List<SampleImage> children,
        String platform,
        String artifactType) {

    public SampleImage {
        requireNonNull(mediaType, "mediaType is null");
        requireNonNull(json, "json is null");
        config = List.copyOf(config);
        layers = List.copyOf(layers);
        plainLayers = List.copyOf(plainLayers);
        children = List.copyOf(children);
    }

    /** The manifest's exact bytes. */
    public byte[] manifest() {
        return json.getBytes(UTF_8);
    }

    public long manifestSize() {
        return manifest().length;
    }

    /** The manifest's digest, as {@code sha256:...}. */
    public String digest() {
        return DigestCounter.digest(manifest());
    }

    /** The tag under which referrers of it are listed where the registry has no such interface: {@code sha256-<hex>}. */
    public String fallbackTag() {
        return digest().replace(':', '-');
    }

    /** Configuration and layers of this image and its children, each digest once. */
    public List<SampleBlob> blobs() {
        Map<String, SampleBlob> found = new LinkedHashMap<>();
        for (SampleImage image : withChildren()) {
            image.config.forEach(blob -> found.putIfAbsent(blob.digest(), blob));
            image.layers.forEach(blob -> found.putIfAbsent(blob.digest(), blob));
        }
        return List.copyOf(found.values());
    }

    /** Bytes of all blobs and manifests, each digest once. */
    public long totalBytes() {
        Map<String, Long> sizes = new LinkedHashMap<>();
        blobs().forEach(blob -> sizes.put(blob.digest(), blob.size()));
        withChildren().forEach(image -> sizes.put(image.digest(), image.manifestSize()));
        return sizes.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Descendants first, itself last: the order in which a registry takes them. */
    public List<SampleImage> withChildren() {
        List<SampleImage> found = new ArrayList<>();
        children.forEach(child -> found.addAll(child.withChildren()));
        found.add(this);
        return found;
    }
}
