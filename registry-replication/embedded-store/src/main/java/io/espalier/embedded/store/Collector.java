package io.espalier.embedded.store;

import io.espalier.embedded.layout.BlobFiles;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.name.Digest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes what nobody needs. A blob that no manifest of a repository names goes there when it was neither put nor proved for the
 * grace, and no upload runs that began within it; so nothing goes that a transfer has just put. Manifests that no tag reaches stay
 * until their room is needed, and for the grace.
 */
final class Collector {
    private static final Logger LOG = LoggerFactory.getLogger(Collector.class);

    private final Catalog catalog;
    private final BlobFiles blobs;
    private final Duration grace;
    private final Clock clock;

    Collector(Catalog catalog, BlobFiles blobs, Duration grace, Clock clock) {
        this.catalog = catalog;
        this.blobs = blobs;
        this.grace = grace;
        this.clock = clock;
    }

    /**
     * Collects; answers the bytes that are free now.
     *
     * @param roomNeeded whether manifests that no tag reaches go too
     */
    long run(boolean roomNeeded) throws RegistryException {
        long freed = catalog.still(() -> {
            Instant now = clock.instant();
            for (Repository repository : catalog.all()) {
                if (roomNeeded) {
                    for (Digest manifest : repository.untagged(now.minus(grace))) {
                        catalog.hide(repository, manifest);
                    }
                }
                for (Digest blob : repository.spareBlobs(now, grace)) {
                    catalog.hideBlob(repository, blob);
                }
            }
            return removeHidden();
        });
        if (freed > 0) {
            LOG.info("The image store has removed {} bytes that no image needs any more.", freed);
        }
        return freed;
    }

    private long removeHidden() throws RegistryException {
        Set<Digest> shown = new HashSet<>();
        for (Repository repository : catalog.all()) {
            shown.addAll(repository.blobs().keySet());
            shown.addAll(repository.manifests().keySet());
        }
        long freed = 0;
        for (Digest digest : blobs.all()) {
            if (!shown.contains(digest)) {
                freed += blobs.remove(digest);
            }
        }
        return freed;
    }
}
