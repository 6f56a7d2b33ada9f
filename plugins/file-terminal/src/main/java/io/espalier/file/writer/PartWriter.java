package io.espalier.file.writer;

import io.espalier.file.input.InputBatch;
import io.espalier.file.input.InputRecord;
import io.espalier.file.latency.LatencyWindow;
import io.espalier.file.line.LineEncoder;
import io.espalier.file.roll.OpenPart;
import io.espalier.file.roll.PartName;
import io.espalier.stream.record.RecordHeaders;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/** Writes one partition: at most one file in flight, and the offset from which the next one starts. For one thread. */
final class PartWriter {
    private final Path folder;
    private final int partition;
    private final WriterCounters counters;
    private final LatencyWindow latency;
    private final ByteBuffer buffer;
    private final Clock clock;
    private @Nullable OpenPart open;
    private long published;
    private long next;
    private long rolledFiles;

    PartWriter(
            Path folder,
            int partition,
            long position,
            WriterCounters counters,
            LatencyWindow latency,
            ByteBuffer buffer,
            Clock clock) {
        this.folder = folder;
        this.partition = partition;
        this.counters = counters;
        this.latency = latency;
        this.buffer = buffer;
        this.clock = clock;
        this.published = position;
        this.next = position;
    }

    /** Writes the batch and hands it to the operating system. */
    void write(InputBatch batch) throws IOException {
        if (!batch.records().isEmpty()) {
            append(batch);
        }
        next = batch.nextOffset();
    }

    private void append(InputBatch batch) throws IOException {
        OpenPart part = open;
        if (part == null) {
            part = new OpenPart(folder, partition, published, buffer, System.nanoTime());
            open = part;
        }
        var encoder = new LineEncoder(part);
        for (InputRecord entry : batch.records()) {
            encoder.write(partition, entry);
        }
        part.endBatch(batch.records().size(), batch.nextOffset());
        account(batch);
    }

    private void account(InputBatch batch) {
        long now = clock.millis();
        int foreign = 0;
        for (InputRecord entry : batch.records()) {
            RecordHeaders headers = entry.headers();
            if (headers == null) {
                foreign++;
            } else {
                latency.add(now - headers.timestampMillis());
            }
        }
        latency.endBatch();
        counters.wrote(batch.records().size(), foreign);
    }

    boolean due(WriterSettings settings) {
        OpenPart part = open;
        return part != null && (part.bytes() >= settings.rollBytes() || nanosToRoll(settings) <= 0);
    }

    /** The time until the file in flight is too old; {@link Long#MAX_VALUE} without one. */
    long nanosToRoll(WriterSettings settings) {
        OpenPart part = open;
        return part == null ? Long.MAX_VALUE : settings.rollAge().toNanos() - part.ageNanos(System.nanoTime());
    }

    /** Makes the file in flight visible, if there is one. */
    boolean publish() throws IOException {
        OpenPart part = open;
        if (part == null) {
            return false;
        }
        if (part.records() == 0) {
            giveUp();
            return false;
        }
        PartName name = part.publish();
        open = null;
        published = name.last() + 1;
        rolledFiles++;
        return true;
    }

    /** Deletes the file in flight; its records are to be written again. */
    void giveUp() {
        OpenPart part = open;
        if (part != null) {
            open = null;
            counters.gaveUp(part.discard());
        }
    }

    /** The next offset to be written. */
    long next() {
        return next;
    }

    /** All below is visible, or holds no record. */
    long published() {
        return open == null ? next : published;
    }

    WriterStatus.PartitionStatus status(long lag) {
        OpenPart part = open;
        return new WriterStatus.PartitionStatus(partition, next, lag, part == null ? "" : part.fileName(), rolledFiles);
    }
}
