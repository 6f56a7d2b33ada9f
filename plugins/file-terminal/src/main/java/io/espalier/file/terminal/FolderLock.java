package io.espalier.file.terminal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Keeps a folder for one terminal: two would write each record twice. The system frees it when the process ends. */
final class FolderLock implements AutoCloseable {
    private final FileChannel channel;

    private FolderLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes the folder, created if need be; null when another terminal has it.
     *
     * @throws IOException when the folder cannot be created or written
     */
    static @Nullable FolderLock tryTake(Path folder) throws IOException {
        Files.createDirectories(folder);
        FileChannel channel =
                FileChannel.open(folder.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock held = null;
        try {
            held = channel.tryLock();
        } catch (OverlappingFileLockException sameProcess) {
            // Taken by another terminal of this process: the answer is the same.
        } finally {
            if (held == null) {
                channel.close();
            }
        }
        return held == null ? null : new FolderLock(channel);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
