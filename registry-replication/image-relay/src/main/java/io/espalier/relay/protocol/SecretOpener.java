package io.espalier.relay.protocol;

/** Opens what {@code relay:seal} has sealed on this node; the relay offers it as a service. Thread-safe. */
@FunctionalInterface
public interface SecretOpener {
    /**
     * The secret in a configuration; a plain one is taken with a warning.
     *
     * @param setting its name, for the sentence
     * @param value {@code sealed:...} or plain
     * @throws IllegalArgumentException with a sentence when it cannot be opened
     */
    String open(String setting, String value);
}
