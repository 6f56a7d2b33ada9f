package io.espalier.replication.shell.images;

import io.espalier.replication.image.ImageClosure;
import io.espalier.replication.image.ImageException;
import io.espalier.replication.image.ImageName;
import java.nio.file.Path;

/** Takes an image of a tar file to the master's registry. */
public interface ArchiveUpload {
    /** Pushes it and answers with its digest. */
    String push(Path file, ImageName name) throws ImageException;

    /** What would be pushed; pushes nothing. */
    ImageClosure look(Path file, ImageName name) throws ImageException;
}
