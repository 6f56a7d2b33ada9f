package io.espalier.embedded.store;

import io.espalier.registry.name.Digest;
import io.espalier.registry.name.RepositoryName;
import io.espalier.registry.name.TagName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;

/** What a repository shows, in memory. Changed under the catalog's lock, read without. */
final class Repository {
    private final RepositoryName name;
    private final NavigableMap<TagName, Digest> tags = new ConcurrentSkipListMap<>();
    private final Map<Digest, StoredManifest> manifests = new ConcurrentHashMap<>();
    /** Whether somebody has put or proved the blob since a manifest last named it. */
    private final Map<Digest, Boolean> blobs = new ConcurrentHashMap<>();

    private final AtomicInteger uploads = new AtomicInteger();
    private volatile Instant touched;

    Repository(RepositoryName name, Instant now) {
        this.name = name;
        this.touched = now;
    }

    RepositoryName name() {
        return name;
    }

    NavigableMap<TagName, Digest> tags() {
        return tags;
    }

    Map<Digest, StoredManifest> manifests() {
        return manifests;
    }

    Map<Digest, Boolean> blobs() {
        return blobs;
    }

    /** Only then others see that there is such a repository. */
    boolean shows() {
        return !manifests.isEmpty();
    }

    void touch(Instant now) {
        touched = now;
    }

    void uploadBegins() {
        uploads.incrementAndGet();
    }

    void uploadEnds(Instant now) {
        touch(now);
        uploads.decrementAndGet();
    }

    /** Whether nobody has written here for that long. */
    boolean isIdle(Instant now, Duration grace) {
        return uploads.get() == 0 && touched.plus(grace).isBefore(now);
    }

    /** Blobs that no manifest names and nobody is about to name. */
    List<Digest> spareBlobs(boolean idle) {
        Set<Digest> named = new HashSet<>();
        manifests.values().forEach(manifest -> named.addAll(manifest.blobs()));
        return blobs.entrySet().stream()
                .filter(blob -> !named.contains(blob.getKey()) && (idle || !blob.getValue()))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Manifests put before this moment that no tag reaches: not as a child, and not as a referrer of what it reaches. */
    List<Digest> untagged(Instant before) {
        Set<Digest> reached = new HashSet<>();
        Deque<Digest> next = new ArrayDeque<>(tags.values());
        // What was put just now may be about to be tagged, with all that it names.
        manifests.values().stream()
                .filter(manifest -> !manifest.since().isBefore(before))
                .forEach(manifest -> next.add(manifest.digest()));
        while (!next.isEmpty()) {
            Digest digest = next.remove();
            StoredManifest manifest = manifests.get(digest);
            if (manifest != null && reached.add(digest)) {
                next.addAll(manifest.children());
                manifests.values().stream()
                        .filter(other -> other.subject().filter(digest::equals).isPresent())
                        .forEach(other -> next.add(other.digest()));
            }
        }
        return manifests.keySet().stream()
                .filter(digest -> !reached.contains(digest))
                .toList();
    }
}
