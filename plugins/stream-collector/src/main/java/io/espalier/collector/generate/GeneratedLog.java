package io.espalier.collector.generate;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;
import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a log of ticks at a steady rate and rotates it by renaming, as a program would whose log is collected.
 *
 * <p>No file is deleted before its reader is done with it: while the oldest is not, the log is not rotated, and at twice its
 * usual size nothing more is written. So the disk space is bounded, and nothing is lost.
 */
public final class GeneratedLog {
    private static final Logger log = LoggerFactory.getLogger(GeneratedLog.class);
    private static final long TICK_NANOS = Duration.ofMillis(20).toNanos();
    private static final int LINE_BYTES = 100;
    private static final int MOST_AT_ONCE = 10_000;

    private final Path file;
    private final int linesPerSecond;
    private final long rotateBytes;
    private final int keep;
    private final Reader reader;
    private final Thread thread;
    private volatile boolean stopping;
    private long lines;
    private boolean failing;

    /** Says whether a file has been read. */
    @FunctionalInterface
    public interface Reader {
        boolean isDone(Path file) throws IOException;
    }

    /**
     * @param file the log
     * @param linesPerSecond its rate
     * @param rotateBytes the size at which it is renamed
     * @param keep how many renamed files are kept: {@code file.1} to {@code file.<keep>}
     * @param reader whoever reads the log
     */
    public GeneratedLog(Path file, int linesPerSecond, long rotateBytes, int keep, Reader reader) {
        this.file = requireNonNull(file, "file is null");
        this.reader = requireNonNull(reader, "reader is null");
        if (linesPerSecond < 1) {
            throw new IllegalArgumentException(
                    "generate-rate is " + linesPerSecond + "; use at least 1 line a second.");
        }
        this.linesPerSecond = linesPerSecond;
        this.rotateBytes = rotateBytes;
        this.keep = keep;
        this.thread = new Thread(this::run, "collector-generator");
        thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    /** Stops writing; returns whether the thread has ended within the limit. */
    public boolean stop(Duration limit) throws InterruptedException {
        stopping = true;
        LockSupport.unpark(thread);
        thread.join(Math.max(1, limit.toMillis()));
        return !thread.isAlive();
    }

    private void run() {
        long last = System.nanoTime();
        double due = 0;
        while (!stopping) {
            LockSupport.parkNanos(this, TICK_NANOS);
            long now = System.nanoTime();
            due = Math.min(MOST_AT_ONCE, due + (now - last) / 1e9 * linesPerSecond);
            last = now;
            int count = (int) due;
            if (count > 0 && tryWrite(count)) {
                due -= count;
            }
        }
    }

    private boolean tryWrite(int count) {
        try {
            boolean written = write(count);
            failing = false;
            return written;
        } catch (IOException e) {
            if (!failing) {
                failing = true;
                log.warn("Tried to write the generated log {} but: {}. It is tried again.", file, e.toString());
            }
            return false;
        }
    }

    /** Writes lines unless the reader is too far behind. */
    boolean write(int count) throws IOException {
        Path folder = requireNonNull(file.toAbsolutePath().getParent(), "the log is in no folder");
        Files.createDirectories(folder);
        long size = Files.exists(file) ? Files.size(file) : 0;
        if (size >= rotateBytes && mayRotate()) {
            rotate();
            size = 0;
        }
        if (size >= 2 * rotateBytes) {
            return false;
        }
        ByteBuffer text = ByteBuffer.wrap(text(count));
        try (FileChannel channel = FileChannel.open(file, CREATE, WRITE)) {
            channel.position(size);
            while (text.hasRemaining()) {
                channel.write(text);
            }
        }
        return true;
    }

    private byte[] text(int count) {
        StringBuilder text = new StringBuilder(count * LINE_BYTES);
        Instant now = Instant.now();
        for (int i = 0; i < count; i++) {
            int start = text.length();
            text.append(now).append(" clock tick ").append(lines++).append(' ');
            while (text.length() - start < LINE_BYTES - 1) {
                text.append('.');
            }
            text.append('\n');
        }
        return text.toString().getBytes(US_ASCII);
    }

    private boolean mayRotate() throws IOException {
        Path oldest = old(keep);
        return !Files.exists(oldest) || reader.isDone(oldest);
    }

    private void rotate() throws IOException {
        Files.deleteIfExists(old(keep));
        for (int i = keep - 1; i >= 1; i--) {
            if (Files.exists(old(i))) {
                Files.move(old(i), old(i + 1), ATOMIC_MOVE);
            }
        }
        Files.move(file, old(1), ATOMIC_MOVE);
    }

    private Path old(int number) {
        return file.resolveSibling(file.getFileName() + "." + number);
    }
}
