package io.espalier.replication.retention;

import static java.util.Objects.requireNonNull;

import io.espalier.replication.image.ImageName;
import java.time.Instant;
import java.util.Map;

/**
 * A tag that is replicated.
 *
 * @param changed when the master last saw it change
 * @param blobs bytes by digest
 */
public record StoredImage(ImageName name, Instant changed, Map<String, Long> blobs) {
    public StoredImage {
        requireNonNull(name, "name is null");
        requireNonNull(changed, "changed is null");
        blobs = Map.copyOf(blobs);
    }
}
