package io.espalier.relay.seal;

import static java.util.Objects.requireNonNull;

/** A secret that does not show itself in logs and messages. */
public final class SealedSecret {
    private final String value;

    private SealedSecret(String value) {
        this.value = requireNonNull(value, "value is null");
    }

    public static SealedSecret of(String value) {
        return new SealedSecret(value);
    }

    /** The secret itself, for the one place that needs it. */
    public String reveal() {
        return value;
    }

    @Override
    public String toString() {
        return "***";
    }
}
