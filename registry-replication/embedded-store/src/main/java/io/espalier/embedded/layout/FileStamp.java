package io.espalier.embedded.layout;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What a file system says of a file; as long as it says the same, nobody has written to it or put another in its place. What rots
 * below the file system does not show here.
 */
record FileStamp(Map<String, Object> attributes) {
    private static final String UNIX = "unix";

    /** Empty if there is no such file. */
    static Optional<FileStamp> of(Path file) throws IOException {
        boolean unix = file.getFileSystem().supportedFileAttributeViews().contains(UNIX);
        try {
            return Optional.of(new FileStamp(Map.copyOf(Files.readAttributes(
                    file,
                    unix ? "unix:size,ino,lastModifiedTime,ctime" : "size,lastModifiedTime",
                    LinkOption.NOFOLLOW_LINKS))));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    long size() {
        return attributes.get("size") instanceof Long size ? size : -1;
    }
}
