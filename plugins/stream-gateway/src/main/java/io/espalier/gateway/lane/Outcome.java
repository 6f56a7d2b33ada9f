package io.espalier.gateway.lane;

import java.time.Duration;

/** How a submission ended; exactly one of these is answered. */
public sealed interface Outcome {
    /** Every record is acknowledged by the cluster. */
    record Stored(int records) implements Outcome {}

    /** The stream's queue is full; nothing was taken. */
    record QueueFull(Duration retryAfter) implements Outcome {}

    /** The requests of all streams hold all the memory there is for them; nothing was taken. */
    record MemoryFull(Duration retryAfter) implements Outcome {}

    /** There is no cluster; nothing was taken. */
    record NoCluster() implements Outcome {}

    /** Not stored, or not known to be: to be sent again with the same sequence. */
    record NotStored(String sentence) implements Outcome {}

    /** The cluster refuses these records for ever. */
    record Refused(String sentence) implements Outcome {}
}
