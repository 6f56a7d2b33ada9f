package io.espalier.registry.auth;

import io.espalier.registry.error.RegistryException;
import java.net.URI;
import java.util.Optional;

/** Gets a document from a token server. */
@FunctionalInterface
public interface TokenFetcher {
    /** Sends a GET with this Authorization and returns the body of the answer 200; throws for any other answer. */
    byte[] fetch(URI uri, Optional<String> authorization) throws RegistryException;
}
