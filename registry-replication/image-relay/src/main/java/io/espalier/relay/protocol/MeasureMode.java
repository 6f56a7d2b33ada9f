package io.espalier.relay.protocol;

/** How nodes measure each other. */
public enum MeasureMode {
    /** Median of several requests and answers on an open connection to the peer's relay. */
    PING,
    /** Time to copy one and the same number of bytes from the peer's relay. */
    COPY,
    /** Median time of several {@code GET /v2/} on an open connection to the peer's registry. */
    REGISTRY
}
