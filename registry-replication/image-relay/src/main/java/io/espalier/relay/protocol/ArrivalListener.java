package io.espalier.relay.protocol;

/**
 * Hears of images that have arrived in this node's registry; any number of OSGi services of this type are told.
 *
 * <p>Each generation of a tag is told once, also over restarts; again only when the node was killed while a listener was at work. What
 * arrives while there is no listener is not told later. One thread of the relay calls all listeners, beside the transfers: a listener
 * that takes its time delays the next calls, never a transfer. When more than 1,000 arrivals wait, further ones are left out with a
 * warning. An exception of a listener is logged.
 */
@FunctionalInterface
public interface ArrivalListener {
    void arrived(Arrival arrival);
}
