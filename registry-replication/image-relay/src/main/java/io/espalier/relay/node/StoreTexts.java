package io.espalier.relay.node;

import static java.util.Objects.requireNonNull;

/** Settings of the embedded store as an operator wrote them; they count when the registry's address is {@code embedded}. */
public record StoreTexts(String bind, int port, long bytes) {
    public StoreTexts {
        requireNonNull(bind, "bind is null");
    }
}
