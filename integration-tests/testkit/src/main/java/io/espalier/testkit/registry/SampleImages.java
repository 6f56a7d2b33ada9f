package io.espalier.testkit.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Makes images, indexes and artifacts from seeds: equal arguments give equal digests.
 *
 * <p>Layers are tar files with one file of random bytes, in gzip's framing; a layer's blob is some 2 KB larger than its
 * file. See {@link ImagePusher} and {@link ImageFiles} for what to do with them.
 */
public final class SampleImages {
    public static final String OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    public static final String OCI_INDEX = "application/vnd.oci.image.index.v1+json";
    public static final String DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
    public static final String DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";
    static final String OCI_CONFIG = "application/vnd.oci.image.config.v1+json";
    static final String OCI_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";
    private static final String DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json";
    private static final String DOCKER_LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip";
    private static final String EMPTY = "application/vnd.oci.empty.v1+json";
    private static final String COSIGN = "application/vnd.dev.cosign.simplesigning.v1+json";
    private static final ObjectMapper JSON = new ObjectMapper();

    private SampleImages() {}

    /** An OCI image for linux/amd64 with a layer for each size (bytes of the file in it). */
    public static SampleImage oci(long seed, long... sizes) {
        return image(OCI_MANIFEST, "linux/amd64", seed, sizes);
    }

    /** An OCI image for a platform as {@code linux/arm64}. */
    public static SampleImage ociFor(String platform, long seed, long... sizes) {
        return image(OCI_MANIFEST, platform, seed, sizes);
    }

    /** The same as Docker schema 2. */
    public static SampleImage docker(long seed, long... sizes) {
        return image(DOCKER_MANIFEST, "linux/amd64", seed, sizes);
    }

    /** An OCI index of images or of further indexes. */
    public static SampleImage index(SampleImage... children) {
        return list(OCI_INDEX, children);
    }

    /** Docker's manifest list. */
    public static SampleImage dockerList(SampleImage... children) {
        return list(DOCKER_LIST, children);
    }

    /** An image without any layer. */
    public static SampleImage withoutLayers(long seed) {
        return oci(seed);
    }

    /** An artifact whose only layer has no bytes. */
    public static SampleImage withZeroByteLayer(String artifactType) {
        return artifact(artifactType, List.of(SampleBlob.of("application/octet-stream", new byte[0])), List.of());
    }

    /** An OCI 1.1 artifact with one layer of random bytes. */
    public static SampleImage artifact(String artifactType, long seed, long bytes) {
        return artifact(artifactType, List.of(SampleBlob.random("application/octet-stream", seed, bytes)), List.of());
    }

    /** An OCI 1.1 artifact that refers to another image, as signatures and bills of material do. */
    public static SampleImage referrer(SampleImage subject, String artifactType, long seed, long bytes) {
        return artifact(
                artifactType, List.of(SampleBlob.random("application/octet-stream", seed, bytes)), List.of(subject));
    }

    /** A signature as cosign stores it under the tag {@code sha256-<hex>.sig}; see {@link #signatureTag}. */
    public static SampleImage cosignSignature(SampleImage signed) {
        String claim = "{\"critical\":{\"image\":{\"docker-manifest-digest\":\"" + signed.digest()
                + "\"},\"type\":\"cosign container image signature\"}}";
        SampleBlob layer = SampleBlob.of(COSIGN, claim.getBytes(UTF_8))
                .annotated(Map.of("dev.cosignproject.cosign/signature", "MEUCIQDsample"));
        SampleBlob config = config(OCI_CONFIG, "linux/amd64", List.of(layer));
        return manifest(OCI_MANIFEST, config, List.of(layer), List.of(), List.of(), "", "");
    }

    /** Where cosign puts a signature of this image. */
    public static String signatureTag(SampleImage signed) {
        return signed.fallbackTag() + ".sig";
    }

    private static SampleImage image(String mediaType, String platform, long seed, long... sizes) {
        boolean docker = mediaType.equals(DOCKER_MANIFEST);
        List<SampleBlob> plain = new ArrayList<>();
        List<SampleBlob> layers = new ArrayList<>();
        for (int i = 0; i < sizes.length; i++) {
            SampleBlob.Content tar = SampleBlob.tarOfRandom(seed * 1_000 + i, sizes[i]);
            plain.add(SampleBlob.measured("application/vnd.oci.image.layer.v1.tar", tar));
            layers.add(SampleBlob.measured(docker ? DOCKER_LAYER : OCI_LAYER, SampleBlob.gzip(tar)));
        }
        SampleBlob config = config(docker ? DOCKER_CONFIG : OCI_CONFIG, platform, plain);
        return manifest(mediaType, config, layers, plain, List.of(), platform, "");
    }

    private static SampleImage artifact(String type, List<SampleBlob> layers, List<SampleImage> subject) {
        SampleBlob config = SampleBlob.of(EMPTY, "{}".getBytes(UTF_8));
        return manifest(OCI_MANIFEST, config, layers, List.of(), subject, "", type);
    }

    private static SampleBlob config(String mediaType, String platform, List<SampleBlob> plainLayers) {
        ObjectNode json = JSON.createObjectNode();
        json.put("created", "2026-01-01T00:00:00Z");
        json.put("os", part(platform, 0));
        json.put("architecture", part(platform, 1));
        json.putObject("config").putArray("Cmd").add("/layer");
        ObjectNode rootfs = json.putObject("rootfs").put("type", "layers");
        ArrayNode diffs = rootfs.putArray("diff_ids");
        plainLayers.forEach(layer -> diffs.add(layer.digest()));
        return SampleBlob.of(mediaType, json.toString().getBytes(UTF_8));
    }

    private static SampleImage manifest(
            String mediaType,
            SampleBlob config,
            List<SampleBlob> layers,
            List<SampleBlob> plain,
            List<SampleImage> subject,
            String platform,
            String artifactType) {
        ObjectNode json = JSON.createObjectNode().put("schemaVersion", 2).put("mediaType", mediaType);
        if (!artifactType.isEmpty()) {
            json.put("artifactType", artifactType);
        }
        json.set("config", descriptor(config));
        ArrayNode list = json.putArray("layers");
        layers.forEach(layer -> list.add(descriptor(layer)));
        subject.forEach(image -> json.set("subject", descriptor(image)));
        return new SampleImage(
                mediaType, json.toString(), List.of(config), layers, plain, List.of(), platform, artifactType);
    }

    private static SampleImage list(String mediaType, SampleImage... children) {
        ObjectNode json = JSON.createObjectNode().put("schemaVersion", 2).put("mediaType", mediaType);
        ArrayNode list = json.putArray("manifests");
        for (SampleImage child : children) {
            ObjectNode entry = descriptor(child);
            if (!child.platform().isEmpty()) {
                entry.putObject("platform")
                        .put("os", part(child.platform(), 0))
                        .put("architecture", part(child.platform(), 1));
            }
            list.add(entry);
        }
        return new SampleImage(mediaType, json.toString(), List.of(), List.of(), List.of(), List.of(children), "", "");
    }

    private static ObjectNode descriptor(SampleBlob blob) {
        ObjectNode json = JSON.createObjectNode()
                .put("mediaType", blob.mediaType())
                .put("digest", blob.digest())
                .put("size", blob.size());
        if (!blob.annotations().isEmpty()) {
            ObjectNode annotations = json.putObject("annotations");
            blob.annotations().forEach(annotations::put);
        }
        return json;
    }

    static ObjectNode descriptor(SampleImage image) {
        ObjectNode json = JSON.createObjectNode()
                .put("mediaType", image.mediaType())
                .put("digest", image.digest())
                .put("size", image.manifestSize());
        if (!image.artifactType().isEmpty()) {
            json.put("artifactType", image.artifactType());
        }
        return json;
    }

    private static String part(String platform, int index) {
        return platform.split("/", -1)[index];
    }
}
