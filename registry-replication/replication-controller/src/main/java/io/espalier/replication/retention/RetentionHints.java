package io.espalier.replication.retention;

import io.espalier.replication.image.ImageName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What could go by a rule, and what that would free. Registries keep a blob once for all images that have it, so only those count
 * that no image needs which stays.
 *
 * @param images all that are replicated
 * @param bytes of their blobs, each counted once
 * @param freed bytes when all tags that are named here go
 * @param repositories those with tags that could go, by name
 */
public record RetentionHints(int images, long bytes, long freed, List<Repository> repositories) {
    public RetentionHints {
        repositories = List.copyOf(repositories);
    }

    /**
     * A repository with tags that could go.
     *
     * @param tags that it has
     * @param going those that could go, the oldest first
     * @param freed bytes when these go and no other repository's
     */
    public record Repository(String name, int tags, List<Tag> going, long freed) {
        public Repository {
            going = List.copyOf(going);
        }
    }

    /** A tag that could go, and when it changed last. */
    public record Tag(String name, Instant changed) {}

    /** How many tags could go. */
    public int going() {
        return repositories.stream().mapToInt(one -> one.going().size()).sum();
    }

    /** Looks which of these images could go by a rule. Tags of signatures are kept, since they go with their image. */
    public static RetentionHints of(RetentionRule rule, List<StoredImage> images, Instant now) {
        Map<String, List<StoredImage>> byRepository = new TreeMap<>();
        for (StoredImage image : images) {
            if (ImageName.subjectOfTag(image.name().reference()).isEmpty()) {
                byRepository
                        .computeIfAbsent(image.name().repository(), name -> new ArrayList<>())
                        .add(image);
            }
        }
        Map<String, List<StoredImage>> going = new TreeMap<>();
        byRepository.forEach((name, tags) -> {
            List<StoredImage> old = going(rule, tags, now);
            if (!old.isEmpty()) {
                going.put(name, old);
            }
        });
        List<Repository> repositories = new ArrayList<>();
        going.forEach((name, old) -> repositories.add(new Repository(
                name,
                byRepository.getOrDefault(name, List.of()).size(),
                old.stream()
                        .map(image -> new Tag(image.name().reference(), image.changed()))
                        .toList(),
                freed(images, old))));
        return new RetentionHints(
                images.size(),
                sum(blobs(images)),
                freed(images, going.values().stream().flatMap(List::stream).toList()),
                repositories);
    }

    private static List<StoredImage> going(RetentionRule rule, List<StoredImage> tags, Instant now) {
        if (rule.isEmpty()) {
            return List.of();
        }
        List<StoredImage> sorted = tags.stream()
                .sorted(Comparator.comparing(StoredImage::changed)
                        .thenComparing(image -> image.name().reference()))
                .toList();
        Instant oldest = now.minus(Duration.ofDays(rule.days()));
        return sorted.subList(0, Math.max(0, sorted.size() - rule.newest())).stream()
                .filter(image -> rule.days() == 0 || image.changed().isBefore(oldest))
                .toList();
    }

    private static long freed(List<StoredImage> all, List<StoredImage> going) {
        Set<ImageName> gone = new HashSet<>();
        going.forEach(image -> gone.add(image.name()));
        Map<String, Long> freed = blobs(going);
        all.stream()
                .filter(image -> !gone.contains(image.name()))
                .forEach(image -> image.blobs().keySet().forEach(freed::remove));
        return sum(freed);
    }

    private static Map<String, Long> blobs(List<StoredImage> images) {
        Map<String, Long> blobs = new HashMap<>();
        images.forEach(image -> blobs.putAll(image.blobs()));
        return blobs;
    }

    private static long sum(Map<String, Long> blobs) {
        return blobs.values().stream().mapToLong(Long::longValue).sum();
    }
}
