package io.espalier.replication.trigger;

import static java.util.Objects.requireNonNull;

/**
 * A manifest that was pushed to a registry.
 *
 * @param reference its tag, or its digest when it has none
 * @param digest of the manifest; empty when not said
 * @param userAgent of the client that pushed it; empty when not said
 */
public record PushEvent(String repository, String reference, String digest, String userAgent) {
    public PushEvent {
        requireNonNull(repository, "repository is null");
        requireNonNull(reference, "reference is null");
        requireNonNull(digest, "digest is null");
        requireNonNull(userAgent, "userAgent is null");
    }
}
