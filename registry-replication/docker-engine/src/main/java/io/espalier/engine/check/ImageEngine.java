package io.espalier.engine.check;

import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A conversation with a Docker engine, for one thread. Every call has a time limit, after which the conversation is over
 * ({@code AWAY}); open another one then.
 */
public interface ImageEngine extends AutoCloseable {
    EngineFacts facts() throws EngineException;

    /** Finds an image by a reference; empty when the engine does not have it. */
    Optional<TaggedImage> image(String reference) throws EngineException;

    /** Images of which a tag is in this repository. */
    List<TaggedImage> imagesOf(String repository) throws EngineException;

    /**
     * Has the engine pull an image.
     *
     * @param repository with the registry's host
     * @param digest of the manifest
     */
    void pull(String repository, String digest, Optional<RegistryLogin> login) throws EngineException;

    /** Gives the engine a tar in the format of {@code docker save}; the stream stays the caller's. */
    void load(InputStream tar) throws EngineException;

    /** Names an image. */
    void tag(String image, String repository, String tag) throws EngineException;

    /** Takes a name from an image, and the image with its last one; one that is gone or in use is left. */
    void removeImage(String reference) throws EngineException;

    /** Makes a container and returns its id. */
    String create(ContainerPlan plan) throws EngineException;

    void start(String container) throws EngineException;

    ContainerState state(String container) throws EngineException;

    /** The last bytes of what it printed, standard output and error as they came. */
    byte[] logs(String container, int mostBytes) throws EngineException;

    /** Kills and removes a container with its anonymous volumes; one that is gone is fine. */
    void remove(String container) throws EngineException;

    /** Containers with this label and value, running or not, each with all its labels. */
    Map<String, Map<String, String>> containers(String label, String value) throws EngineException;

    @Override
    void close();
}
