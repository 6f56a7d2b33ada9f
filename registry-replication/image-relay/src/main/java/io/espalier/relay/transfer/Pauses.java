package io.espalier.relay.transfer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.espalier.files.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which images the node takes no chunks of, on disk: a line {@code REPOSITORY:TAG SECONDS NODE} for each, {@code *} for all, with the
 * time of its beginning and who asked for it; lines of older releases name the image alone. Thread-safe.
 */
final class Pauses {
    static final String ALL = "*";
    private static final int MOST = 1_000;
    private static final Logger log = LoggerFactory.getLogger(Pauses.class);

    private final Path file;
    private volatile SortedMap<String, Pause> images;

    /** @param seconds of the epoch; 0 when it is not known */
    private record Pause(String image, long seconds, String by) {
        static Pause of(String line) {
            String[] words = line.strip().split(" ", 3);
            boolean dated = words.length > 1 && words[1].matches("\\d{1,12}");
            return new Pause(words[0], dated ? Long.parseLong(words[1]) : 0, words.length > 2 ? words[2] : "");
        }

        String line() {
            return (image + " " + seconds + " " + by).strip() + "\n";
        }

        String text() {
            return (image.equals(ALL) ? "all images" : image)
                    + (by.isEmpty() ? "" : " by " + by)
                    + (seconds == 0 ? "" : " since " + Instant.ofEpochSecond(seconds));
        }
    }

    private Pauses(Path file, SortedMap<String, Pause> images) {
        this.file = requireNonNull(file, "file is null");
        this.images = images;
    }

    static Pauses open(Path file) throws IOException {
        SortedMap<String, Pause> images = new TreeMap<>();
        if (Files.exists(file)) {
            Files.readString(file, UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank())
                    .map(Pause::of)
                    .forEach(pause -> images.put(pause.image(), pause));
        }
        Pauses pauses = new Pauses(file, images);
        if (!images.isEmpty()) {
            log.info("Paused, as before the start: {}.", pauses.texts());
        }
        return pauses;
    }

    /**
     * Begins a pause; false when it was there.
     *
     * @param by a node's name; may be empty
     */
    synchronized boolean add(String image, String by) throws IOException {
        SortedMap<String, Pause> more = new TreeMap<>(images);
        if (more.putIfAbsent(image, new Pause(image, Instant.now().getEpochSecond(), by)) != null) {
            return false;
        }
        if (more.size() > MOST) {
            throw new IOException("more than " + MOST + " images are paused; pause the whole node instead");
        }
        keep(more);
        return true;
    }

    /** Ends a pause, or with {@code *} all; false when there was none. */
    synchronized boolean remove(String image) throws IOException {
        SortedMap<String, Pause> fewer = new TreeMap<>(images);
        boolean gone = fewer.remove(image) != null;
        if (image.equals(ALL)) {
            gone = gone || !fewer.isEmpty();
            fewer.clear();
        }
        if (gone) {
            keep(fewer);
        }
        return gone;
    }

    private void keep(SortedMap<String, Pause> fresh) throws IOException {
        StringBuilder text = new StringBuilder();
        fresh.values().forEach(pause -> text.append(pause.line()));
        DurableFiles.replace(file, text.toString().getBytes(UTF_8));
        images = fresh;
    }

    List<String> all() {
        return List.copyOf(images.keySet());
    }

    /** All for people: which image, who asked for it and since when. */
    List<String> texts() {
        return images.values().stream().map(Pause::text).toList();
    }

    /** The pause that holds a transfer; empty when none does. */
    Optional<String> of(Job job) {
        return images.keySet().stream()
                .filter(image -> image.equals(ALL) || image.equals(job.image()))
                .findFirst();
    }
}
