package io.espalier.kafka.supervisor;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** A text file that is moved to {@code NAME.1} when it is full, so that both together take twice the bound at most. */
final class BoundedLog implements Closeable {
    private final Path file;
    private final long mostBytes;
    private FileChannel channel;

    BoundedLog(Path file, long mostBytes) throws IOException {
        this.file = file.toAbsolutePath();
        this.mostBytes = mostBytes;
        Files.createDirectories(this.file.resolveSibling("."));
        this.channel = open();
    }

    void add(String line) throws IOException {
        ByteBuffer bytes = UTF_8.encode(line + System.lineSeparator());
        if (channel.size() > 0 && channel.size() + bytes.remaining() > mostBytes) {
            channel.close();
            Files.move(file, file.resolveSibling(file.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
            channel = open();
        }
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private FileChannel open() throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
