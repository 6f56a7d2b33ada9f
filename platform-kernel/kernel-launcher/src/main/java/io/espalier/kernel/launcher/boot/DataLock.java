package io.espalier.kernel.launcher.boot;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The right to use a data folder: a lock on its file {@code kernel.lock}, which holds the owner's process id. The system
 * releases it when the process ends, however it ends; so who sees it free knows that nothing of that kernel runs any more.
 */
public final class DataLock implements AutoCloseable {
    private static final String FILE = "kernel.lock";
    private static final Duration PAUSE = Duration.ofMillis(20);

    private final FileChannel channel;

    private DataLock(FileChannel channel) {
        this.channel = requireNonNull(channel, "channel is null");
    }

    /**
     * Takes the folder.
     *
     * @param data exists
     * @throws IOException with a sentence, when another kernel has it or it cannot be written
     */
    public static DataLock take(Path data) throws IOException {
        FileChannel channel = open(data);
        try {
            if (tryLock(channel) == null) {
                throw new IOException("Tried to start a kernel on " + data + " but another one" + owner(channel)
                        + " runs there; stop it with 'espalier stop --data " + data
                        + "', or choose another folder with --data.");
            }
            channel.truncate(0);
            channel.write(US_ASCII.encode(Long.toString(ProcessHandle.current().pid())), 0);
            return new DataLock(channel);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /**
     * Waits until no kernel has the folder.
     *
     * @return whether that came within the limit
     */
    public static boolean awaitFree(Path data, Duration limit) throws IOException, InterruptedException {
        if (!Files.exists(data.resolve(FILE))) {
            return true;
        }
        long end = System.nanoTime() + limit.toNanos();
        try (FileChannel channel = open(data)) {
            while (tryLock(channel) == null) {
                if (System.nanoTime() - end >= 0) {
                    return false;
                }
                Thread.sleep(PAUSE.toMillis());
            }
        }
        return true;
    }

    private static FileChannel open(Path data) throws IOException {
        try {
            return FileChannel.open(data.resolve(FILE), CREATE, READ, WRITE);
        } catch (IOException e) {
            throw new IOException(
                    "Tried to write in the data folder " + data + " but the system refused (" + e
                            + "); make it writable or choose another with --data.",
                    e);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException sameProcess) {
            return null;
        }
    }

    private static String owner(FileChannel channel) throws IOException {
        ByteBuffer pid = ByteBuffer.allocate(20);
        channel.read(pid, 0);
        String text = US_ASCII.decode(pid.flip()).toString();
        return text.isEmpty() ? "" : " (pid " + text + ")";
    }

    /** Gives the folder free; the file stays. */
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
