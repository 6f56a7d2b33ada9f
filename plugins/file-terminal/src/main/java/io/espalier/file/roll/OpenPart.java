package io.espalier.file.roll;

import io.espalier.file.line.LineOutput;
import io.espalier.files.DurableFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A file in flight: hidden under {@code .part-...inflight} until {@link #publish} makes it visible.
 *
 * <p>Lines are appended in batches; {@link #endBatch} hands them to the operating system and is the point up to which the
 * file is good. What was appended after it counts for nothing. The buffer may be shared by all files of one thread, since it
 * is empty between batches.
 */
public final class OpenPart implements LineOutput {
    private final Path folder;
    private final int partition;
    private final long first;
    private final Path inFlight;
    private final FileChannel channel;
    private final ByteBuffer buffer;
    private final long openedNanos;
    private long next;
    private long records;
    private long goodBytes;
    private long written;
    private boolean visible;

    /** Creates the file; an older one of that name, left by a fault, is overwritten. */
    public OpenPart(Path folder, int partition, long first, ByteBuffer buffer, long nowNanos) throws IOException {
        this.folder = folder;
        this.partition = partition;
        this.first = first;
        this.buffer = buffer;
        this.openedNanos = nowNanos;
        this.next = first;
        inFlight = folder.resolve(PartName.inFlight(partition, first));
        channel = FileChannel.open(
                inFlight, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
        buffer.clear();
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int done = 0;
        while (done < length) {
            if (!buffer.hasRemaining()) {
                drain();
            }
            int n = Math.min(length - done, buffer.remaining());
            buffer.put(bytes, offset + done, n);
            done += n;
        }
    }

    @Override
    public void ascii(String text) throws IOException {
        for (int i = 0; i < text.length(); i++) {
            if (!buffer.hasRemaining()) {
                drain();
            }
            buffer.put((byte) text.charAt(i));
        }
    }

    private void drain() throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) {
            written += channel.write(buffer);
        }
        buffer.clear();
    }

    /** Hands the lines to the operating system; the file is now good up to {@code nextOffset}. */
    public void endBatch(int lines, long nextOffset) throws IOException {
        drain();
        records += lines;
        next = nextOffset;
        goodBytes = written;
    }

    /**
     * Makes the file visible: forces it to disk, renames it, forces the folder. A batch that was begun and not ended is cut off.
     *
     * @throws IOException when the file may not be whole on disk; it is then still hidden, or visible and whole
     */
    public PartName publish() throws IOException {
        buffer.clear();
        if (written != goodBytes) {
            channel.truncate(goodBytes);
        }
        channel.force(true);
        channel.close();
        PartName name = new PartName(partition, first, next - 1);
        Path target = folder.resolve(name.toString());
        if (Files.exists(target)) {
            throw new FileAlreadyExistsException(target.toString());
        }
        Files.move(inFlight, target, StandardCopyOption.ATOMIC_MOVE);
        visible = true;
        DurableFiles.forceFolder(folder);
        return name;
    }

    /**
     * Gives the file up: deletes it, unless it is visible already.
     *
     * @return how many of its records are in no visible file and must be written again
     */
    public long discard() {
        buffer.clear();
        try (channel) {
            Files.deleteIfExists(inFlight);
        } catch (IOException leftOver) {
            // It stays hidden and is deleted when the stream's writer starts anew.
        }
        return visible ? 0 : records;
    }

    /** Records of ended batches. */
    public long records() {
        return records;
    }

    /** Bytes of ended batches. */
    public long bytes() {
        return goodBytes;
    }

    /** Where the next file of the partition starts if this one is published now. */
    public long next() {
        return next;
    }

    public long ageNanos(long nowNanos) {
        return nowNanos - openedNanos;
    }

    public String fileName() {
        return inFlight.getFileName().toString();
    }
}
