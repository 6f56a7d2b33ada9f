package io.espalier.collector.pipeline;

import static java.util.Objects.requireNonNull;

import io.espalier.collector.checkpoint.SourceState;
import io.espalier.collector.file.FileIdentity;
import io.espalier.collector.file.TailedFile;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/**
 * One generation of one file, from its first record read to its last acknowledged.
 *
 * <p>Written by its pipeline's thread only; the counters may be read by any thread.
 */
final class Source {
    private final Path watched;
    private final TailedFile file;
    private final FileIdentity identity;
    private @Nullable Source predecessor;
    private volatile long number;
    private volatile long readSeq;
    private volatile long readOffset;
    private volatile long ackedSeq;
    private volatile long ackedOffset;
    private volatile long size;
    private volatile String state = "reading";
    private boolean rotated;
    private boolean caughtUp;
    private boolean finished;
    private boolean failing;
    private long quietSince;
    private long seenAtMillis;
    private @Nullable FileTime modified;

    /**
     * @param watched the path at which the file was found, whose next file follows this one
     * @param predecessor the source that must be read to its end before this one, if it is still open
     */
    Source(Path watched, TailedFile file, long number, long seq, @Nullable Source predecessor) {
        this.watched = requireNonNull(watched, "watched is null");
        this.file = requireNonNull(file, "file is null");
        this.identity = file.identity();
        this.predecessor = predecessor;
        this.number = number;
        this.readSeq = seq;
        this.ackedSeq = seq;
        this.readOffset = file.offset();
        this.ackedOffset = file.offset();
        this.seenAtMillis = System.currentTimeMillis();
    }

    Path watched() {
        return watched;
    }

    TailedFile file() {
        return file;
    }

    FileIdentity identity() {
        return identity;
    }

    long number() {
        return number;
    }

    /** Takes another number; only before anything was sent. */
    void renumber(long newNumber) {
        number = newNumber;
    }

    long readSeq() {
        return readSeq;
    }

    long ackedSeq() {
        return ackedSeq;
    }

    long ackedOffset() {
        return ackedOffset;
    }

    /** Records up to the file's present offset, the last of which precedes {@code nextSeq}, were read. */
    void read(long nextSeq) {
        readSeq = nextSeq;
        readOffset = file.offset();
    }

    /** Records before the offset and sequence are settled. */
    void acknowledge(long offset, long nextSeq) {
        ackedOffset = offset;
        ackedSeq = nextSeq;
    }

    /** Whether everything that was read is settled. */
    boolean isSettled() {
        return ackedSeq == readSeq;
    }

    /** Whether the file has lost its path: renamed or deleted. */
    boolean isRotated() {
        return rotated;
    }

    void rotated(long now) {
        rotated = true;
        quietSince = now;
        state = "draining";
    }

    /** Whether the file before this one has been read to its end, so that this one may be read. */
    boolean isItsTurn() {
        Source before = predecessor;
        if (before != null && (before.caughtUp || before.finished)) {
            // Let go, or a long-lived log would keep every file it ever had.
            predecessor = null;
        }
        return predecessor == null;
    }

    /** Notes that the end was reached, at which there was something new or not. */
    void endReached(boolean moved, long now) {
        if (rotated) {
            caughtUp = true;
        }
        if (moved) {
            quietSince = now;
        }
    }

    /** Whether a rotated file was silent for so long that nobody writes to it any more. */
    boolean isAbandoned(long now, long graceNanos) {
        return rotated && caughtUp && now - quietSince >= graceNanos;
    }

    boolean isFinished() {
        return finished;
    }

    /** Notes that nothing more is read. */
    void finish() {
        finished = true;
        state = "finished";
    }

    /** Notes a failure to read; returns whether it is the first in a row. */
    boolean failed() {
        boolean first = !failing;
        failing = true;
        state = "unreadable";
        return first;
    }

    void readable() {
        if (failing) {
            failing = false;
            state = rotated ? "draining" : "reading";
        }
    }

    /** Notes what the file system says of the file at its path at that moment. */
    void seen(long nowMillis, long bytes, FileTime lastModified) {
        seenAtMillis = nowMillis;
        size = bytes;
        if (modified != null && !lastModified.equals(modified)) {
            file.modifiedAtSize(bytes);
        }
        modified = lastModified;
    }

    /** When the file was last seen at its path, in milliseconds since 1970. */
    long seenAtMillis() {
        return seenAtMillis;
    }

    /** What is to be kept of the source now. */
    SourceState toState() {
        return new SourceState(
                number, watched, identity, file.fingerprint(), ackedOffset, ackedSeq, finished && isSettled());
    }

    SourceStatus status() {
        return new SourceStatus(
                number,
                watched,
                identity,
                readOffset,
                Math.max(size, readOffset),
                readSeq,
                ackedSeq,
                ackedOffset,
                state);
    }
}
