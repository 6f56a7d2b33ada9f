package io.espalier.kernel.deploy;

import io.espalier.kernel.jar.JarFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One jar of the drop folder: whether it is still being written, what was handed over, what became of it. Used by the drop
 * folder's thread only.
 */
final class WatchedJar {
    private static final Logger LOG = LoggerFactory.getLogger(WatchedJar.class);
    private static final Duration FIRST_POLL = Duration.ofMillis(10);
    private static final Duration LAST_POLL = Duration.ofSeconds(1);

    private final Path file;
    private final DropFolder.Timing timing;
    private final DropTarget target;
    private final RefusalNotes notes;

    private @Nullable Shape shape;
    private long unchangedSince;
    private boolean seenIncomplete;
    private boolean decided;
    private boolean deleted;
    private String damage = "";
    private String offered = "";
    private boolean held;
    private boolean removing;
    private boolean refusedByTarget;
    private @Nullable CompletableFuture<Handover> outcome;
    private Duration poll = FIRST_POLL;

    /** What tells one state of the file from another without reading it. */
    private record Shape(
            long size, FileTime modified, @Nullable Object key) {}

    WatchedJar(Path file, DropFolder.Timing timing, DropTarget target, RefusalNotes notes) {
        this.file = file;
        this.timing = timing;
        this.target = target;
        this.notes = notes;
        this.unchangedSince = System.nanoTime();
    }

    /** The system reported a change; size and time may be the same nevertheless. */
    void touched() {
        decided = false;
    }

    /** Another jar went away, which may be what stood in this one's way. */
    void offerAgain() {
        if (refusedByTarget) {
            offered = "";
            decided = false;
        }
    }

    boolean isGone() {
        return deleted && !held && outcome == null;
    }

    /** Nanoseconds until the next look is due without any change being reported. */
    long dueIn(long now) {
        if (outcome != null) {
            return poll.toNanos();
        }
        if (decided || deleted) {
            return Long.MAX_VALUE;
        }
        Duration wait = damage.isEmpty() ? timing.settle() : timing.patience();
        return unchangedSince + wait.toNanos() - now;
    }

    /** Takes note of what became of the last hand-over; true when a removal is done. */
    boolean settleOutcome() {
        CompletableFuture<Handover> due = outcome;
        if (due == null || !due.isDone()) {
            // It may take as long as a stuck stop, so the looks become rare.
            poll = poll.compareTo(LAST_POLL) < 0 ? poll.multipliedBy(2) : LAST_POLL;
            return false;
        }
        poll = FIRST_POLL;
        outcome = null;
        Handover result = due.exceptionally(e -> new Handover.Refused("The hand-over failed: " + e))
                .join();
        boolean removed = removing;
        removing = false;
        if (removed) {
            if (result instanceof Handover.Refused refused) {
                LOG.warn("The jar {} was deleted but its plug-in stays: {}", file, refused.reason());
            }
            held = false;
            offered = "";
            return true;
        }
        if (result instanceof Handover.Refused refused) {
            refusedByTarget = true;
            notes.write(file, refused.reason());
        } else {
            held = true;
        }
        return false;
    }

    void noticeDeletion() {
        deleted = Files.notExists(file);
        if (!deleted) {
            return;
        }
        shape = null;
        notes.delete(file);
        if (held && outcome == null) {
            removing = true;
            outcome = target.remove(file);
        }
    }

    /** Looks whether the jar is complete now, or has been incomplete for too long. */
    void look() {
        if (deleted || outcome != null) {
            return;
        }
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            var now = new Shape(attributes.size(), attributes.lastModifiedTime(), attributes.fileKey());
            if (!now.equals(shape)) {
                changed(now);
            }
            if (!decided) {
                decide(now);
            }
        } catch (NoSuchFileException gone) {
            decided = false;
        } catch (IOException e) {
            unusable("it cannot be read (" + e + ")");
        }
    }

    private void changed(Shape now) {
        boolean otherFile = shape == null || !Objects.equals(now.key(), shape.key());
        shape = now;
        unchangedSince = System.nanoTime();
        decided = false;
        damage = "";
        if (otherFile) {
            seenIncomplete = false;
        }
    }

    /** A file that is whole when it is first seen came by an atomic rename, or might as well have. */
    private void decide(Shape seen) throws IOException {
        Duration wait = damage.isEmpty() ? timing.settle() : timing.patience();
        if (seenIncomplete && !unchangedFor(wait)) {
            return;
        }
        Instant detected = Instant.now();
        if (!Files.isRegularFile(file)) {
            unusable("it is no regular file");
            return;
        }
        Optional<String> found = JarFiles.damage(file);
        if (found.isPresent()) {
            unusable(found.get());
            return;
        }
        String digest = JarFiles.digest(file);
        BasicFileAttributes after = Files.readAttributes(file, BasicFileAttributes.class);
        if (!seen.equals(new Shape(after.size(), after.lastModifiedTime(), after.fileKey()))) {
            seenIncomplete = true;
            return;
        }
        decided = true;
        if (!digest.equals(offered)) {
            handOver(new DroppedJar(file, digest, detected));
        }
    }

    private void unusable(String reason) {
        seenIncomplete = true;
        damage = reason;
        if (unchangedFor(timing.patience())) {
            decided = true;
            refusedByTarget = false;
            if (!offered.equals(reason)) {
                offered = reason;
                notes.write(
                        file,
                        "The jar " + file.getFileName() + " cannot be used: " + reason
                                + ". Copy it again, best under another name and then renamed.");
            }
        }
    }

    private void handOver(DroppedJar jar) {
        notes.delete(file);
        offered = jar.digest();
        refusedByTarget = false;
        seenIncomplete = false;
        try {
            outcome = target.deploy(jar);
        } catch (RuntimeException e) {
            outcome = CompletableFuture.failedFuture(e);
        }
    }

    private boolean unchangedFor(Duration time) {
        return System.nanoTime() - unchangedSince >= time.toNanos();
    }
}
