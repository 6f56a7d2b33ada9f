package io.espalier.replication.shell.images;

import io.espalier.replication.image.ImageException;
import io.espalier.replication.image.ImageName;
import java.nio.file.Path;

/** Pushes an image of a tar file into the master's registry. */
@FunctionalInterface
public interface ArchiveUpload {
    /** Pushes it and answers with its digest. */
    String push(Path file, ImageName name) throws ImageException;
}
