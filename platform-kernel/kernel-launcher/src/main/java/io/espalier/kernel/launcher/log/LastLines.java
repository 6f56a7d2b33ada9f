package io.espalier.kernel.launcher.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Reads the last lines of a UTF-8 text file from its end, whatever its length. */
final class LastLines {
    private static final int CHUNK = 64 * 1024;
    private static final long MOST = 16L * 1024 * 1024;

    private LastLines() {}

    /** At most {@code count} lines, oldest first; lines further than 16 MiB from the end are left out. */
    static List<String> of(Path file, int count) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            long end = channel.size();
            long start = start(channel, end, count);
            ByteBuffer text = ByteBuffer.allocate(Math.toIntExact(end - start));
            while (text.hasRemaining() && channel.read(text, start + text.position()) >= 0) {
                // reads on until the part is whole
            }
            return new String(text.array(), 0, text.position(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }
    }

    private static long start(FileChannel channel, long end, int count) throws IOException {
        long floor = Math.max(0, end - MOST);
        int newlines = 0;
        for (long high = end; high > floor; ) {
            long low = Math.max(floor, high - CHUNK);
            ByteBuffer chunk = ByteBuffer.allocate(Math.toIntExact(high - low));
            channel.read(chunk, low);
            for (int i = chunk.position() - 1; i >= 0; i--) {
                boolean endsTheFile = low + i == end - 1;
                if (chunk.get(i) == '\n' && !endsTheFile && ++newlines == count) {
                    return low + i + 1;
                }
            }
            high = low;
        }
        return floor;
    }
}
