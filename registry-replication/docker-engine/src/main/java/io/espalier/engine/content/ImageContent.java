package io.espalier.engine.content;

import static java.util.Objects.requireNonNull;

import io.espalier.registry.content.Descriptor;
import io.espalier.registry.name.Digest;
import io.espalier.registry.name.RepositoryName;
import java.util.List;

/** An image for one platform, as it is in the registry. Immutable. */
public final class ImageContent {
    private final RepositoryName repository;
    private final Digest digest;
    private final Digest configDigest;
    private final byte[] config;
    private final List<Descriptor> layers;

    ImageContent(
            RepositoryName repository, Digest digest, Digest configDigest, byte[] config, List<Descriptor> layers) {
        this.repository = requireNonNull(repository, "repository is null");
        this.digest = requireNonNull(digest, "digest is null");
        this.configDigest = requireNonNull(configDigest, "configDigest is null");
        this.config = config.clone();
        this.layers = List.copyOf(layers);
    }

    public RepositoryName repository() {
        return repository;
    }

    /** Of its manifest. */
    public Digest digest() {
        return digest;
    }

    /** Of its configuration, which is the image's id in most engines. */
    public Digest configDigest() {
        return configDigest;
    }

    byte[] config() {
        return config.clone();
    }

    List<Descriptor> layers() {
        return layers;
    }
}
