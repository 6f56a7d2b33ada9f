package io.espalier.engine.content;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.espalier.engine.check.EngineFacts;
import io.espalier.engine.content.Found.Foreign;
import io.espalier.engine.content.Found.NoImage;
import io.espalier.registry.client.RegistryClient;
import io.espalier.registry.content.Descriptor;
import io.espalier.registry.content.ImageManifest;
import io.espalier.registry.content.IndexManifest;
import io.espalier.registry.content.Manifest;
import io.espalier.registry.content.ManifestReader;
import io.espalier.registry.content.ManifestView;
import io.espalier.registry.content.Platform;
import io.espalier.registry.error.ErrorCode;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.name.Digest;
import io.espalier.registry.name.RepositoryName;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Reads what a digest in the registry is and picks the engine's platform of an index. Thread-safe.
 *
 * <p>Source: OCI image specification 1.1, image configuration and image index.
 */
public final class ContentReader {
    private static final Set<String> CONFIGS =
            Set.of("application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json");
    private static final int MOST_CONFIG_BYTES = 4 << 20;
    private static final int MOST_DEPTH = 4;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final RegistryClient registry;
    private final EngineFacts engine;

    public ContentReader(RegistryClient registry, EngineFacts engine) {
        this.registry = requireNonNull(registry, "registry is null");
        this.engine = requireNonNull(engine, "engine is null");
    }

    /** Reads a manifest or index with what is needed of its children. */
    public Found read(RepositoryName repository, Digest digest) throws RegistryException {
        return read(repository, digest, 0);
    }

    private Found read(RepositoryName repository, Digest digest, int depth) throws RegistryException {
        Optional<Manifest> manifest = registry.manifest(repository, digest);
        if (manifest.isEmpty()) {
            String sentence = "Manifest " + digest + " is not in repository " + repository + ".";
            if (depth > 0) {
                throw RegistryException.lasting(ErrorCode.NOT_FOUND, sentence);
            }
            return new Found.Gone(sentence);
        }
        ManifestView view = ManifestReader.read(manifest.get());
        if (view instanceof IndexManifest index) {
            return child(repository, index, depth);
        }
        return image(repository, digest, (ImageManifest) view);
    }

    private Found child(RepositoryName repository, IndexManifest index, int depth) throws RegistryException {
        Set<String> platforms = new TreeSet<>();
        boolean images = false;
        for (Descriptor entry : index.manifests()) {
            Optional<Platform> platform = entry.platform();
            String name = platform.map(ContentReader::name).orElse("");
            if (name.equals("unknown/unknown")) {
                continue; // what builders attach to images, as where they come from
            }
            platforms.add(name.isEmpty() ? "a platform that it does not name" : name);
            if ((name.isEmpty() || name.equals(engine.platform())) && depth < MOST_DEPTH) {
                Found found = read(repository, entry.digest(), depth + 1);
                if (found instanceof Found.Image) {
                    return found;
                }
                images |= found instanceof Foreign;
            }
            images |= !name.isEmpty();
        }
        return images
                ? foreign(platforms.stream().collect(Collectors.joining(", ")))
                : new NoImage("It is an index without images.");
    }

    private Found image(RepositoryName repository, Digest digest, ImageManifest manifest) throws RegistryException {
        Descriptor config = manifest.config();
        if (!CONFIGS.contains(config.mediaType()) || !manifest.artifactType().isEmpty()) {
            return new NoImage("It is no image but an artifact of type "
                    + (manifest.artifactType().isEmpty() ? config.mediaType() : manifest.artifactType()) + ".");
        }
        if (manifest.layers().isEmpty()) {
            return new NoImage("It is an image without layers, so there is nothing to run.");
        }
        byte[] bytes = bytes(repository, config);
        String platform = platform(config, bytes);
        return platform.equals(engine.platform())
                ? new Found.Image(
                        new ImageContent(repository, digest, config.digest(), bytes, List.copyOf(manifest.layers())))
                : foreign(platform);
    }

    private Foreign foreign(String platforms) {
        return new Foreign("It is for " + platforms + ", and the Docker engine here runs " + engine.platform() + ".");
    }

    private byte[] bytes(RepositoryName repository, Descriptor config) throws RegistryException {
        if (config.size() > MOST_CONFIG_BYTES) {
            throw RegistryException.lasting(
                    ErrorCode.TOO_LARGE, "The configuration " + config.digest() + " is larger than 4 MiB.");
        }
        try (InputStream in = registry.openBlob(repository, config.digest(), 0, config.size())) {
            byte[] bytes = in.readAllBytes();
            if (!config.digest().matches(bytes)) {
                throw RegistryException.lasting(
                        ErrorCode.DIGEST_MISMATCH,
                        "The registry sent something else for the configuration " + config.digest() + ".");
            }
            return bytes;
        } catch (IOException e) {
            throw RegistryException.passing(
                    ErrorCode.UNREACHABLE,
                    "The configuration " + config.digest() + " could not be read: " + e.getMessage(),
                    e);
        }
    }

    private static String platform(Descriptor config, byte[] bytes) throws RegistryException {
        try {
            JsonNode json = JSON.readTree(bytes);
            return json.path("os").asText("linux") + "/"
                    + json.path("architecture").asText("unknown");
        } catch (IOException e) {
            throw RegistryException.lasting(
                    ErrorCode.MANIFEST_INVALID, "The configuration " + config.digest() + " is no JSON.", e);
        }
    }

    private static String name(Platform platform) {
        return platform.os() + "/" + platform.architecture();
    }
}
