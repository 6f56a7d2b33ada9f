package io.espalier.testkit.files;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/** Changes a byte of a file as a rotten disk does: no time and no size of the file tells. */
public final class HiddenRot {
    private static final String ATTRIBUTES = "unix:size,ino,lastModifiedTime,ctime";

    private HiddenRot() {}

    /** What reads the file and believes from then on that it is right. */
    @FunctionalInterface
    public interface Reading {
        void run() throws Exception;
    }

    /**
     * Flips a bit in the middle of the file once it was read.
     *
     * @throws AssertionError when the file system noticed
     */
    public static void flip(Path file, Reading reading) throws Exception {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MappedByteBuffer map = channel.map(MapMode.READ_WRITE, 0, channel.size());
            int middle = (int) (channel.size() / 2);
            // The system notes the time of the first write to a page alone.
            byte right = map.get(middle);
            map.put(middle, (byte) ~right);
            map.put(middle, right);
            reading.run();
            Map<String, Object> before = attributes(file);
            map.put(middle, (byte) (right ^ 1));
            if (!attributes(file).equals(before)) {
                throw new AssertionError(file + " was written back meanwhile, so that its times tell of the change.");
            }
        }
    }

    private static Map<String, Object> attributes(Path file) throws IOException {
        return Files.readAttributes(file, ATTRIBUTES);
    }
}
