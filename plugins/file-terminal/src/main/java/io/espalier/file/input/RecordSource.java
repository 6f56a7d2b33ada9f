package io.espalier.file.input;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The records of one stream, partition by partition. For use by one thread, except {@link #wakeup} and {@link #stop}.
 *
 * <p>A method that needs the other side waits a few seconds for it and then throws, except {@link #poll}, which only brings
 * nothing.
 */
public interface RecordSource extends AutoCloseable {
    /**
     * The partitions the stream has now, as far as is known; news of added ones may take half a minute.
     *
     * @throws InputException also when there is no such topic
     */
    Set<Integer> partitions() throws InputException;

    Map<Integer, OffsetBounds> bounds(Set<Integer> partitions) throws InputException;

    /** The offsets at which the partitions end now; quick also while the other side holds back a {@link #poll}. */
    Map<Integer, Long> ends(Set<Integer> partitions) throws InputException;

    /** Reads on from these offsets, and from these partitions only. */
    void assign(Map<Integer, Long> positions);

    /**
     * Waits at most {@code timeout} for records; returns early when {@link #wakeup} is called.
     *
     * @throws InputException when an offset to be read does not exist (any more), or reading is refused
     */
    List<InputBatch> poll(Duration timeout) throws InputException;

    /** The number of records not yet polled, from memory; empty when unknown. */
    OptionalLong lag(int partition);

    /** Tells onlookers, as lag tools, how far the files go. Best effort, returns at once. */
    void report(Map<Integer, Long> nextOffsets);

    /** Ends a {@link #poll} that waits, or the next one. */
    void wakeup();

    /** Makes every wait end soon with an exception, for good. */
    void stop();

    /** Releases everything within about a second. */
    @Override
    void close();

    /** Opens sources. */
    @FunctionalInterface
    interface Factory {
        /** Opens a source without waiting for the other side; {@code stream} is the name onlookers shall see. */
        RecordSource open(String stream, String topic) throws InputException;
    }
}
