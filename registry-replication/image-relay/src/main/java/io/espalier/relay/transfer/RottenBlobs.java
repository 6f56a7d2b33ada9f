package io.espalier.relay.transfer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.espalier.files.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Blobs that the node's registry delivers with wrong bytes, on disk: a line for each digest. Their last byte proves nothing, so
 * whoever needs one reads all of it. Thread-safe.
 */
final class RottenBlobs {
    private static final Logger log = LoggerFactory.getLogger(RottenBlobs.class);
    /** With so many the disk is to be replaced; the oldest is forgotten, and found again by the next deep check. */
    private static final int MOST = 10_000;

    private final Path file;
    private final Set<String> digests;

    private RottenBlobs(Path file, Set<String> digests) {
        this.file = requireNonNull(file, "file is null");
        this.digests = digests;
    }

    static RottenBlobs open(Path file) throws IOException {
        List<String> lines =
                Files.exists(file) ? Files.readString(file, UTF_8).lines().toList() : List.of();
        Set<String> digests = new LinkedHashSet<>();
        lines.stream().filter(line -> !line.isBlank()).forEach(digests::add);
        return new RottenBlobs(file, digests);
    }

    synchronized boolean has(String digest) {
        return digests.contains(digest);
    }

    /** Notes it. */
    synchronized void add(String digest) {
        if (digests.add(digest)) {
            if (digests.size() > MOST) {
                digests.remove(digests.iterator().next());
            }
            keep();
        }
    }

    /** All of it was read and was right. */
    synchronized void remove(String digest) {
        if (digests.remove(digest)) {
            keep();
        }
    }

    private void keep() {
        StringBuilder text = new StringBuilder();
        digests.forEach(digest -> text.append(digest).append('\n'));
        try {
            DurableFiles.replace(file, text.toString().getBytes(UTF_8));
        } catch (IOException e) {
            log.warn(
                    "Which blobs of the registry have wrong bytes could not be noted ('{}'); after a restart image:verify --deep"
                            + " has to find them again.",
                    e.getMessage());
        }
    }
}
