package io.espalier.relay.transfer;

import io.espalier.files.LineFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * The generation up to which this node has claimed each tag, on disk: a line {@code GENERATION REPOSITORY:TAG} for each claim. A
 * claim comes before the tag is set, so that after a crash no older generation gets in between. Thread-safe.
 */
final class TagGenerations {
    private static final int STRIPES = 64;
    private static final int SPARE_LINES = 1_000;

    private final LineFile file;
    private final Map<String, Long> claimed = new HashMap<>();
    private final Lock[] locks = new Lock[STRIPES];
    private final ReadWriteLock[] repositories = new ReadWriteLock[STRIPES];

    private TagGenerations(LineFile file) {
        this.file = file;
        for (int i = 0; i < STRIPES; i++) {
            locks[i] = new ReentrantLock();
            repositories[i] = new ReentrantReadWriteLock();
        }
    }

    static TagGenerations open(Path file) throws IOException {
        TagGenerations generations = new TagGenerations(new LineFile(file, SPARE_LINES));
        generations.read();
        return generations;
    }

    /** Held while a tag is set, so that two generations of it never are at the same time. */
    Lock lock(String repository, String tag) {
        return locks[Math.floorMod(key(repository, tag).hashCode(), STRIPES)];
    }

    /** Held for reading while manifests and tags are put into a repository, and for writing while something is removed there. */
    ReadWriteLock repository(String repository) {
        return repositories[Math.floorMod(repository.hashCode(), STRIPES)];
    }

    /** The newest claimed generation, 0 if there is none. */
    synchronized long newest(String repository, String tag) {
        return claimed.getOrDefault(key(repository, tag), 0L);
    }

    /** Claims it unless a newer one is claimed; answers whether it may be set. */
    synchronized boolean claim(String repository, String tag, long generation) throws IOException {
        String key = key(repository, tag);
        long newest = claimed.getOrDefault(key, 0L);
        if (newest >= generation) {
            return newest == generation;
        }
        file.add(line(key, generation));
        claimed.put(key, generation);
        file.shorten(claimed.size(), this::lines);
        return true;
    }

    private void read() throws IOException {
        for (String line : file.read()) {
            int space = line.indexOf(' ');
            if (space > 0 && line.substring(0, space).matches("\\d{1,18}")) {
                claimed.merge(line.substring(space + 1), Long.parseLong(line.substring(0, space)), Math::max);
            }
        }
        file.shorten(claimed.size(), this::lines);
    }

    private Collection<String> lines() {
        return claimed.entrySet().stream()
                .map(claim -> line(claim.getKey(), claim.getValue()))
                .toList();
    }

    private static String line(String key, long generation) {
        return generation + " " + key;
    }

    private static String key(String repository, String tag) {
        return repository + ":" + tag;
    }
}
