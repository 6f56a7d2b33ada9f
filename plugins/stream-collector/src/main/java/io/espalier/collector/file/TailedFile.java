package io.espalier.collector.file;

import static java.nio.file.StandardOpenOption.READ;
import static java.util.Objects.requireNonNull;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * An open file of which records are read from an offset on, through its descriptor, whatever becomes of its name.
 *
 * <p>Nothing of a line is kept between reads: a line whose newline has not been written yet is read anew when the file has
 * grown. Confined to one thread.
 */
public final class TailedFile implements Closeable {
    private final Path path;
    private final FileIdentity identity;
    private final FileChannel channel;
    private final LineCutter cutter;
    private final FilePrefix prefix = new FilePrefix();
    private long offset;
    private long searchedTo;
    private boolean suspect;
    private long parts;

    private TailedFile(Path path, FileIdentity identity, FileChannel channel, int maxRecordBytes) throws IOException {
        this.path = path;
        this.identity = identity;
        this.channel = channel;
        this.cutter = new LineCutter(maxRecordBytes);
        prefix.holds(channel);
    }

    /**
     * Opens the file behind the path, at offset 0.
     *
     * @throws IOException if it cannot be opened, or another file took its name meanwhile
     */
    public static TailedFile open(Path path, int maxRecordBytes) throws IOException {
        requireNonNull(path, "path is null");
        FileIdentity before = FileIdentity.of(path);
        FileChannel channel = FileChannel.open(path, READ);
        try {
            if (!FileIdentity.of(path).equals(before)) {
                throw new IOException(path + " became another file while it was opened; it is tried again.");
            }
            return new TailedFile(path, before, channel, maxRecordBytes);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** The same open file as a new one at offset 0, after its content was replaced; this one must not be used any more. */
    public TailedFile nextGeneration() throws IOException {
        return new TailedFile(path, identity, channel, cutter.lookahead() - 1);
    }

    public Path path() {
        return path;
    }

    public FileIdentity identity() {
        return identity;
    }

    public Fingerprint fingerprint() {
        return prefix.fingerprint();
    }

    /** How many bytes {@link #fingerprint} covers by now. */
    public int fingerprintLength() {
        return prefix.length();
    }

    /** Whether this is the file that the fingerprint was taken of, and at least {@code length} bytes long. */
    public boolean continues(Fingerprint fingerprint, long length) throws IOException {
        return prefix.matches(fingerprint) && size() >= length;
    }

    /** Whether the file behind the path starts as the one did that the fingerprint was taken of. */
    public static boolean isSame(Path path, Fingerprint fingerprint) throws IOException {
        return fingerprint.matches(FilePrefix.of(path));
    }

    /** The offset of the first byte of the next record. */
    public long offset() {
        return offset;
    }

    /** How many records were parts of a line that was longer than the limit and went on in the next record. */
    public long parts() {
        return parts;
    }

    public long size() throws IOException {
        return channel.size();
    }

    /** Continues at the offset, which must be the end of a record or 0. */
    public void seek(long newOffset) {
        offset = newOffset;
        searchedTo = newOffset;
    }

    /** Moves to the start of the line that is being written now: after the last newline of the last 64 KiB, or the end. */
    public void seekToLastLine() throws IOException {
        long end = size();
        ReadBuffer tail = new ReadBuffer(64 * 1024);
        long start = Math.max(0, end - tail.capacity());
        int length = tail.fill(channel, start);
        for (int i = length - 1; i >= 0; i--) {
            if (tail.array()[i] == '\n') {
                seek(start + i + 1);
                return;
            }
        }
        seek(start == 0 ? 0 : end);
    }

    /** Hears that the file was written to and has this size; if it has not grown, the next read looks what became of it. */
    public void modifiedAtSize(long size) {
        suspect |= size == searchedTo;
    }

    /** Whether there are bytes that have not been looked at. */
    public boolean hasUnseen() throws IOException {
        return suspect || channel.size() != searchedTo;
    }

    /**
     * Reads records until the sink takes no more or the file has no further whole record.
     *
     * @param last whether a line without newline at the end counts as a record, because nothing will follow
     */
    public ReadResult read(ReadBuffer buffer, RecordSink sink, boolean last) throws IOException {
        if (channel.size() < searchedTo) {
            return ReadResult.REPLACED;
        }
        if (!hasUnseen() && !(last && searchedTo > offset)) {
            return ReadResult.END;
        }
        suspect = false;
        while (true) {
            int length = buffer.fill(channel, offset);
            // Looked at after the read: what was read before a truncation is then never taken for what came after it.
            if (!prefix.holds(channel) || channel.size() < offset + length) {
                return ReadResult.REPLACED;
            }
            boolean atEnd = length < buffer.capacity();
            int taken = take(buffer.array(), length, sink, last && atEnd);
            if (taken < 0) {
                return ReadResult.FULL;
            }
            if (atEnd) {
                searchedTo = offset + length - taken;
                return ReadResult.END;
            }
            if (taken == 0) {
                buffer.ensure(cutter.lookahead());
            }
        }
    }

    /** Gives whole records to the sink; returns the bytes they took, or -1 if the sink left one. */
    private int take(byte[] bytes, int length, RecordSink sink, boolean last) {
        long base = offset;
        int from = 0;
        for (int end = cutter.cut(bytes, from, length, last); end >= 0; end = cutter.cut(bytes, from, length, last)) {
            if (!sink.offer(Arrays.copyOfRange(bytes, from, end), base + cutter.next())) {
                searchedTo = offset;
                return -1;
            }
            from = cutter.next();
            offset = base + from;
            if (cutter.continues()) {
                parts++;
            }
        }
        return from;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** How a read ended. */
    public enum ReadResult {
        /** The sink took no more; there may be more. */
        FULL,
        /** There is no further whole record for now. */
        END,
        /** The file was truncated or rewritten: read its next generation from 0. */
        REPLACED
    }
}
