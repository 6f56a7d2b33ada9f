package io.espalier.replication.osgi;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.seal.CredentialSeal;
import io.espalier.relay.seal.SealException;
import java.nio.file.Path;

/**
 * Opens secrets of configurations with the key of the master's own relay, by whose command they were sealed.
 *
 * @param data the platform's data folder
 */
record SealedSettings(Path data) {
    SealedSettings {
        requireNonNull(data, "data is null");
    }

    /**
     * The secret; a plain one is taken with a warning, and an empty one needs no key.
     *
     * @param setting its name, for the sentence
     * @throws IllegalArgumentException with a sentence when it cannot be opened
     */
    String open(String setting, String value) {
        if (value.isEmpty()) {
            return "";
        }
        try {
            return CredentialSeal.open(data.resolve("relay").resolve("credentials.key"))
                    .unseal(setting, value)
                    .reveal();
        } catch (SealException unusable) {
            throw new IllegalArgumentException(setting + ": " + unusable.sentence(), unusable);
        }
    }
}
