package io.espalier.engine.desk;

/** Why an image is tested. */
public enum Purpose {
    /** It arrived at this node. */
    ARRIVAL,
    /** It is to leave the master. */
    GATE,
    /** Somebody asked. */
    HAND
}
