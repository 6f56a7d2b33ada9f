package io.espalier.replication.image;

import static java.util.Objects.requireNonNull;

import io.espalier.registry.client.RegistryClient;
import io.espalier.registry.content.Descriptor;
import io.espalier.registry.content.Manifest;
import io.espalier.registry.content.ManifestReader;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.name.Digest;
import io.espalier.registry.name.ManifestReference;
import io.espalier.registry.name.TagName;
import java.util.Optional;

/** Finds what belongs to images in the master's registry. Thread-safe. */
public final class ImageResolver implements ImageSource {
    private final RegistryClient registry;
    private final PlatformList platforms;

    public ImageResolver(RegistryClient registry, PlatformList platforms) {
        this.registry = requireNonNull(registry, "registry is null");
        this.platforms = requireNonNull(platforms, "platforms is null");
    }

    @Override
    public Optional<String> digest(ImageName name) throws ImageException {
        try {
            ManifestReference reference = ManifestReference.of(name.reference());
            if (reference instanceof TagName tag) {
                return registry.digestOf(name.inRegistry(), tag).map(Digest::toString);
            }
            return registry.manifest(name.inRegistry(), reference)
                    .map(found -> found.digest().toString());
        } catch (RegistryException e) {
            throw ImageException.of(name, e);
        }
    }

    @Override
    public boolean isGone(ImageName name) throws ImageException {
        try {
            return registry.isAbsent(name.inRegistry(), ManifestReference.of(name.reference()));
        } catch (RegistryException e) {
            throw ImageException.of(name, e);
        }
    }

    @Override
    public ImageClosure resolve(ImageName name) throws ImageException {
        try {
            return new ClosureWalk(registry, platforms, name).walk();
        } catch (RegistryException e) {
            throw ImageException.of(name, e);
        }
    }

    @Override
    public Optional<String> subject(ImageName manifest) throws ImageException {
        try {
            Optional<Manifest> found =
                    registry.manifest(manifest.inRegistry(), ManifestReference.of(manifest.reference()));
            return found.isEmpty()
                    ? Optional.empty()
                    : ManifestReader.read(found.get())
                            .subject()
                            .map(Descriptor::digest)
                            .map(Digest::toString);
        } catch (RegistryException e) {
            throw ImageException.of(manifest, e);
        }
    }
}
