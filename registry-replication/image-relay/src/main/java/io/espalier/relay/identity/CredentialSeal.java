package io.espalier.relay.identity;

import java.nio.file.Path;

/** Seals credentials with AES-256-GCM under a key file that only the node's user can read. Thread-safe. */
public final class CredentialSeal {
    private CredentialSeal() {}

    /** Opens the key file, {@code data/relay/credentials.key}; makes it on first use. */
    public static CredentialSeal open(Path keyFile) throws IdentityException {
        throw new UnsupportedOperationException();
    }

    /** {@code sealed:BASE64}, to be put into the configuration. */
    public String seal(String secret) {
        throw new UnsupportedOperationException();
    }

    /**
     * What a configuration has: opened when sealed; a plain one is taken with a warning that tells how to seal it.
     *
     * @param setting the name of the setting, for the sentence
     */
    public SealedSecret unseal(String setting, String value) throws IdentityException {
        throw new UnsupportedOperationException();
    }
}
