package io.espalier.kernel.launcher.boot;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Holds a data folder for one kernel; the operating system lets go of it when the process ends, however it ends. */
public final class DataLock implements AutoCloseable {
    private final FileChannel channel;

    private DataLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes the folder.
     *
     * @throws IOException with a sentence, when another kernel has it
     */
    public static DataLock take(Path data) throws IOException {
        FileChannel channel =
                FileChannel.open(data.resolve("kernel.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (!isFree(channel)) {
            channel.close();
            throw new IOException("Tried to start a kernel on " + data
                    + " but another one runs there; stop it with 'espalier stop', or give another folder with --data.");
        }
        return new DataLock(channel);
    }

    private static boolean isFree(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException ofThisProcess) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
