package io.espalier.replication.image;

import java.util.Optional;

/** The master's registry as transfers see it. Thread-safe, blocking. */
public interface ImageSource {
    /** What the name points at now; one small request. */
    Optional<String> digest(ImageName name) throws ImageException;

    /**
     * Whether the registry itself says that it does not have it; nodes may delete what is gone.
     *
     * @throws ImageException also when something else than a registry seems to answer
     */
    boolean isGone(ImageName name) throws ImageException;

    /** Reads and proves all that belongs to an image. */
    ImageClosure resolve(ImageName name) throws ImageException;

    /**
     * What a manifest refers to by its {@code subject}.
     *
     * @return empty when it has none
     */
    Optional<String> subject(ImageName manifest) throws ImageException;
}
