package io.espalier.replication.harbor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.espalier.files.DurableFiles;
import io.espalier.harbor.node.HarborEdge;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Images that a webhook told of and that some Harbor still lacks, kept in a file of lines {@code SECONDS REPOSITORY:TAG}, since Harbor
 * does not tell twice. After a day, or when 2,000 newer ones wait, an image is given up. Thread-safe.
 */
final class WaitingImages {
    private static final int MOST = 2_000;
    private static final Duration PATIENCE = Duration.ofDays(1);
    private static final Pattern LINE = Pattern.compile("(\\d{1,15}) ([a-z0-9._/-]+:\\w[\\w.-]{0,127})");
    private static final Logger LOG = LoggerFactory.getLogger(WaitingImages.class);

    private final Path file;
    private final Clock clock;
    private final Map<String, Waiting> images = new LinkedHashMap<>();
    private long stamps;

    /**
     * One image.
     *
     * @param stamp another one after each push of the tag
     * @param failed edges over which it could not be carried when it was tried last
     * @param why as a sentence; empty when it was not tried since the start
     */
    record Waiting(String image, Instant since, long stamp, List<HarborEdge> failed, String why) {
        Waiting {
            failed = List.copyOf(failed);
        }

        /** For people. */
        String text() {
            return image + " is still to be carried, since " + since + (why.isEmpty() ? "." : ": " + why);
        }
    }

    private WaitingImages(Path file, Clock clock) {
        this.file = requireNonNull(file, "file is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /** Reads the file; without it, or where it cannot be read, nothing waits. */
    static WaitingImages open(Path file, Clock clock) {
        WaitingImages waiting = new WaitingImages(file, clock);
        try {
            if (Files.exists(file)) {
                Files.readAllLines(file, UTF_8).forEach(waiting::read);
            }
        } catch (IOException e) {
            LOG.warn("Tried to read {}, which names images that Harbors still lack, but got '{}'.", file, e.toString());
        }
        return waiting;
    }

    private void read(String line) {
        Matcher fields = LINE.matcher(line);
        if (fields.matches()) {
            put(fields.group(2), Instant.ofEpochSecond(Long.parseLong(fields.group(1))));
        }
    }

    private void put(String image, Instant since) {
        images.remove(image);
        images.put(image, new Waiting(image, since, ++stamps, List.of(), ""));
    }

    /** Was pushed just now. */
    synchronized void add(String image) {
        Instant now = clock.instant();
        if (!LINE.matcher(now.getEpochSecond() + " " + image).matches()) {
            return;
        }
        put(image, now);
        if (images.size() > MOST) {
            String oldest = images.keySet().iterator().next();
            images.remove(oldest);
            LOG.warn("The image {} is not tried again: more than {} wait for Harbors.", oldest, MOST);
        }
        keep();
    }

    /** Which push of the image is known; 0 when it does not wait. */
    synchronized long stamp(String image) {
        Waiting waiting = images.get(image);
        return waiting == null ? 0 : waiting.stamp();
    }

    /** Need not wait any more, unless it was pushed again meanwhile. */
    synchronized void done(String image, long stamp) {
        if (stamp != 0 && stamp(image) == stamp) {
            images.remove(image);
            keep();
        }
    }

    /** Could not be carried. */
    synchronized void failed(String image, long stamp, List<HarborEdge> edges, String why) {
        images.computeIfPresent(
                image,
                (name, known) -> known.stamp() == stamp ? new Waiting(name, known.since(), stamp, edges, why) : known);
    }

    /** Forgets what waits for longer than a day; answers that. */
    synchronized List<Waiting> giveUp() {
        Instant end = clock.instant().minus(PATIENCE);
        List<Waiting> old = images.values().stream()
                .filter(waiting -> waiting.since().isBefore(end))
                .toList();
        old.forEach(waiting -> images.remove(waiting.image()));
        if (!old.isEmpty()) {
            keep();
        }
        return old;
    }

    /** All, the oldest push first. */
    synchronized List<Waiting> all() {
        return new ArrayList<>(images.values());
    }

    private void keep() {
        String text = images.values().stream()
                .map(waiting -> waiting.since().getEpochSecond() + " " + waiting.image() + "\n")
                .collect(Collectors.joining());
        try {
            DurableFiles.replace(file, text.getBytes(UTF_8));
        } catch (IOException e) {
            LOG.warn(
                    "Images that Harbors still lack cannot be noted in {} ('{}'); after a restart they would not be tried"
                            + " again by themselves.",
                    file,
                    e.getMessage());
        }
    }
}
