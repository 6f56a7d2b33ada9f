package io.espalier.stream.catalog;

/** How soon a stream's records must be at their terminals. */
public enum DeliveryClass {
    /** Within seconds. */
    REALTIME,
    /** Within hours or days. */
    OFFLINE
}
