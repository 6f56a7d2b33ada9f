package io.espalier.relay.transfer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.espalier.files.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which images the node takes no chunks of, on disk: a line REPOSITORY:TAG for each, {@code *} for all. Thread-safe. */
final class Pauses {
    static final String ALL = "*";
    private static final int MOST = 1_000;
    private static final Logger log = LoggerFactory.getLogger(Pauses.class);

    private final Path file;
    private volatile List<String> images;

    private Pauses(Path file, List<String> images) {
        this.file = requireNonNull(file, "file is null");
        this.images = List.copyOf(images);
    }

    static Pauses open(Path file) throws IOException {
        List<String> images = Files.exists(file)
                ? Files.readString(file, UTF_8)
                        .lines()
                        .filter(line -> !line.isBlank())
                        .toList()
                : List.of();
        if (!images.isEmpty()) {
            log.info("Paused, as before the start: {}.", images);
        }
        return new Pauses(file, images);
    }

    /** Begins a pause; false when it was there. */
    synchronized boolean add(String image) throws IOException {
        Set<String> more = new TreeSet<>(images);
        if (!more.add(image)) {
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
        Set<String> fewer = new TreeSet<>(images);
        boolean gone = fewer.remove(image);
        if (image.equals(ALL)) {
            gone = gone || !fewer.isEmpty();
            fewer.clear();
        }
        if (gone) {
            keep(fewer);
        }
        return gone;
    }

    private void keep(Set<String> fresh) throws IOException {
        StringBuilder text = new StringBuilder();
        fresh.forEach(image -> text.append(image).append('\n'));
        DurableFiles.replace(file, text.toString().getBytes(UTF_8));
        images = List.copyOf(fresh);
    }

    List<String> all() {
        return images;
    }

    /** The pause that holds a transfer; empty when none does. */
    Optional<String> of(Job job) {
        return images.stream()
                .filter(image -> image.equals(ALL) || image.equals(job.image()))
                .findFirst();
    }
}
