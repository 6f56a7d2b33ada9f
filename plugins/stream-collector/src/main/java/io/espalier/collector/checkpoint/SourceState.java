package io.espalier.collector.checkpoint;

import static java.util.Objects.requireNonNull;

import io.espalier.collector.file.FileIdentity;
import io.espalier.collector.file.Fingerprint;
import java.nio.file.Path;

/**
 * How far one source, that is one generation of one file, has been acknowledged.
 *
 * @param number the source's number in its store
 * @param path the name under which it was found; it may have another by now
 * @param identity which file it is
 * @param fingerprint how the file began when this was written
 * @param offset where the first byte stands that is not acknowledged
 * @param seq the sequence of the record that starts there
 * @param finished whether the source was read to its end and let go
 */
public record SourceState(
        long number,
        Path path,
        FileIdentity identity,
        Fingerprint fingerprint,
        long offset,
        long seq,
        boolean finished) {
    public SourceState {
        requireNonNull(path, "path is null");
        requireNonNull(identity, "identity is null");
        requireNonNull(fingerprint, "fingerprint is null");
        if (number < 0 || offset < 0 || seq < 0) {
            throw new IllegalArgumentException(
                    "number " + number + ", offset " + offset + " and seq " + seq + " must not be negative.");
        }
    }
}
