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

/** What a repository shows, in memory. Changed under the catalog's lock, read without. */
final class Repository {
    private final RepositoryName name;
    private final NavigableMap<TagName, Digest> tags = new ConcurrentSkipListMap<>();
    private final Map<Digest, StoredManifest> manifests = new ConcurrentHashMap<>();
    /** Blobs, and when somebody has last put or proved each. */
    private final Map<Digest, Instant> blobs = new ConcurrentHashMap<>();

    /** When those began that run. */
    private final Set<Upload> uploads = ConcurrentHashMap.newKeySet();

    /** Compared by identity, since two may begin at once. */
    static final class Upload {
        private final Instant begin;

        private Upload(Instant begin) {
            this.begin = begin;
        }
    }

    Repository(RepositoryName name) {
        this.name = name;
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

    Map<Digest, Instant> blobs() {
        return blobs;
    }

    /** Only then others see that there is such a repository. */
    boolean shows() {
        return !manifests.isEmpty();
    }

    Upload uploadBegins(Instant now) {
        Upload upload = new Upload(now);
        uploads.add(upload);
        return upload;
    }

    void uploadEnds(Upload upload) {
        uploads.remove(upload);
    }

    /** A transfer goes on, so what it has put before stays wanted however long the last blob took. */
    void renewClaims(Instant now, Duration grace) {
        Set<Digest> named = named();
        blobs.replaceAll((digest, claim) -> !named.contains(digest) && isClaimed(claim, now, grace) ? now : claim);
    }

    private boolean isClaimed(Instant claim, Instant now, Duration grace) {
        Instant end = claim.plus(grace);
        return now.isBefore(end) || uploads.stream().anyMatch(upload -> upload.begin.isBefore(end));
    }

    private Set<Digest> named() {
        Set<Digest> named = new HashSet<>();
        manifests.values().forEach(manifest -> named.addAll(manifest.blobs()));
        return named;
    }

    /** Blobs that no manifest names and nobody is about to name. */
    List<Digest> spareBlobs(Instant now, Duration grace) {
        Set<Digest> named = named();
        return blobs.entrySet().stream()
                .filter(blob -> !named.contains(blob.getKey()) && !isClaimed(blob.getValue(), now, grace))
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
