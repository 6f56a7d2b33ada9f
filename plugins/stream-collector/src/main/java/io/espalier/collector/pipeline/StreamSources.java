package io.espalier.collector.pipeline;

import static java.util.Objects.requireNonNull;

import io.espalier.collector.checkpoint.Checkpoint;
import io.espalier.collector.checkpoint.SourceState;
import io.espalier.collector.discovery.FileClaims;
import io.espalier.collector.file.FileIdentity;
import io.espalier.collector.file.TailedFile;
import io.espalier.collector.settings.StartAt;
import io.espalier.collector.settings.TailSettings;
import io.espalier.stream.id.StreamId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sources of one stream: finds them again after a restart, takes in new files, follows renamed ones, and lets go those
 * that are read to their end. Confined to the pipeline's thread, except for {@link #statuses}.
 */
final class StreamSources {
    private static final Logger log = LoggerFactory.getLogger(StreamSources.class);
    /** Numbers from here on are drawn by chance, while the store cannot be saved. */
    private static final long FIRST_RANDOM_NUMBER = 1L << 40;

    private static final long LAST_RANDOM_NUMBER = 1L << 53;

    private final StreamId stream;
    private final TailSettings settings;
    private final FileClaims claims;
    private final CopyOnWriteArrayList<Source> open = new CopyOnWriteArrayList<>();
    private final FinishedSources finished = new FinishedSources();
    private final List<SourceState> waiting = new ArrayList<>();
    private final List<Source> unsaved = new ArrayList<>();
    private final TroubledPaths troubled;
    private final MissedFiles missed = new MissedFiles();
    private final long epoch;
    private final boolean isNew;
    private final long resumedSince;
    private final long searchUntil;
    private long nextNumber;

    StreamSources(StreamId stream, TailSettings settings, FileClaims claims, Optional<Checkpoint> loaded) {
        this.stream = requireNonNull(stream, "stream is null");
        this.settings = requireNonNull(settings, "settings is null");
        this.claims = requireNonNull(claims, "claims is null");
        this.troubled = new TroubledPaths(stream);
        Checkpoint checkpoint = loaded.orElseGet(() -> Checkpoint.create(System.currentTimeMillis()));
        this.epoch = checkpoint.epoch();
        this.isNew = loaded.isEmpty();
        this.nextNumber = checkpoint.nextNumber();
        for (SourceState state : checkpoint.sources()) {
            claims.claim(state.identity(), stream, state.fingerprint());
            if (state.finished()) {
                finished.add(state);
            } else {
                waiting.add(state);
            }
        }
        this.resumedSince = checkpoint.savedAtMillis();
        this.searchUntil = System.nanoTime() + MissedFiles.SEARCH_NANOS;
        reopen();
    }

    long epoch() {
        return epoch;
    }

    /** The sources that are read, or have records that are not settled. */
    List<Source> open() {
        return open;
    }

    /** Takes in the files at these paths that are not read yet; at the first search ever, as configured. */
    void adopt(List<Path> paths, boolean firstSearch) {
        if (!waiting.isEmpty()) {
            reopen();
        }
        boolean atEnd = firstSearch && isNew && settings.startAt() == StartAt.END;
        for (Path path : paths) {
            adopt(path, path, atEnd, false);
        }
    }

    private void adopt(Path path, Path watched, boolean atEnd, boolean rotated) {
        try {
            FileIdentity identity = FileIdentity.of(path);
            if (isOpen(identity) || !mayOpen(path)) {
                return;
            }
            take(TailedFile.open(path, settings.maxRecordBytes()), watched, atEnd, rotated);
            troubled.readable(path);
        } catch (NoSuchFileException e) {
            troubled.gone(path);
        } catch (IOException e) {
            troubled.failed(path, e);
        }
    }

    private boolean mayOpen(Path path) {
        boolean may = open.size() < settings.maxFiles();
        if (!may) {
            troubled.tooMany(path, open.size());
        }
        return may;
    }

    private void take(TailedFile file, Path watched, boolean atEnd, boolean rotated) throws IOException {
        Optional<SourceState> known = finished.of(file);
        if (known.isPresent()) {
            SourceState state = known.get();
            if (file.size() == state.offset()) {
                file.close();
                return;
            }
            finished.remove(state);
            file.seek(state.offset());
            add(new Source(watched, file, state.number(), state.seq(), lastAt(watched, rotated)), rotated);
            return;
        }
        if (atEnd) {
            file.seekToLastLine();
        }
        addNew(new Source(watched, file, nextNumber++, 0, lastAt(watched, rotated)), rotated);
    }

    private void addNew(Source source, boolean rotated) {
        unsaved.add(source);
        add(source, rotated);
    }

    private void add(Source source, boolean rotated) {
        if (rotated) {
            source.rotated(System.nanoTime());
        }
        open.add(source);
        claim(source);
        log.info(
                "Stream {} reads {} from byte {} as source {}.",
                stream,
                source.file().path(),
                source.ackedOffset(),
                source.number());
    }

    private void claim(Source source) {
        claims.claim(source.identity(), stream, source.file().fingerprint());
    }

    private boolean isOpen(FileIdentity identity) {
        return open.stream()
                        .anyMatch(source ->
                                !source.isFinished() && source.identity().equals(identity))
                || waiting.stream().anyMatch(state -> state.identity().equals(identity));
    }

    /** The source to be read before the next one of this path; a renamed file never waits for the one at the path now. */
    private @Nullable Source lastAt(Path watched, boolean rotatedOnly) {
        Source last = null;
        for (Source source : open) {
            boolean counts = !source.isFinished() && (source.isRotated() || !rotatedOnly);
            last = counts && source.watched().equals(watched) ? source : last;
        }
        return last;
    }

    /** Finds the files of the last run again, also under another name in their folder. */
    private void reopen() {
        for (SourceState state : List.copyOf(waiting)) {
            try {
                reopen(state);
            } catch (IOException e) {
                troubled.failed(state.path(), e);
            }
        }
    }

    private void reopen(SourceState state) throws IOException {
        boolean there = isAt(state.path(), state.identity());
        Optional<Path> found = there ? Optional.of(state.path()) : Siblings.find(state.path(), state.identity());
        if (found.isEmpty() && System.nanoTime() - searchUntil < 0) {
            // A file that is renamed while its folder is listed may be missing in the list.
            return;
        }
        long since = resumedSince;
        if (found.isEmpty() || !reopenAt(found.get(), state, !there)) {
            gone(state);
        } else if (!there) {
            // Whatever came to the path after this file was written after it, even if the checkpoint is younger.
            since = Math.min(since, Files.getLastModifiedTime(found.get()).toMillis());
        }
        waiting.remove(state);
        if (!there) {
            lookForMissed(state.path(), since);
        }
    }

    private static boolean isAt(Path path, FileIdentity identity) throws IOException {
        return Files.isRegularFile(path) && FileIdentity.of(path).equals(identity);
    }

    private boolean reopenAt(Path path, SourceState state, boolean rotated) throws IOException {
        TailedFile file = TailedFile.open(path, settings.maxRecordBytes());
        if (!file.identity().equals(state.identity())) {
            file.close();
            throw new IOException(path + " became another file while it was opened");
        }
        if (!file.continues(state.fingerprint(), state.offset())) {
            file.close();
            return false;
        }
        file.seek(state.offset());
        add(new Source(state.path(), file, state.number(), state.seq(), lastAt(state.path(), rotated)), rotated);
        return true;
    }

    private void gone(SourceState state) {
        log.warn(
                "Source {} of stream {} was {}, acknowledged up to byte {}, and is gone: deleted, compressed, moved away or"
                        + " rewritten. What it had after that byte and is not in its folder any more cannot be read.",
                state.number(),
                stream,
                state.path(),
                state.offset());
        forget(finished.add(new SourceState(
                state.number(),
                state.path(),
                state.identity(),
                state.fingerprint(),
                state.offset(),
                state.seq(),
                true)));
    }

    private void lookForMissed(Path path, long sinceMillis) throws IOException {
        missed.since(path, sinceMillis, System.nanoTime());
        adoptMissed(path, sinceMillis);
    }

    private void adoptMissed(Path path, long sinceMillis) throws IOException {
        for (Path file : Siblings.missed(path, sinceMillis, id -> isOpen(id) || finished.knows(id))) {
            adopt(file, path, false, true);
        }
    }

    /** Looks whether paths have become other files; what was at them is read to its end first. */
    void watch(long now) {
        missed.forEach(now, this::adoptMissed);
        for (Source source : open) {
            if (!source.isFinished() && !source.isRotated()) {
                try {
                    watch(source, now);
                } catch (IOException e) {
                    log.debug("Could not look at {}; it is looked at again.", source.watched(), e);
                }
            }
        }
    }

    private void watch(Source source, long now) throws IOException {
        Path path = source.watched();
        long nowMillis = System.currentTimeMillis();
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            if (FileIdentity.of(path, attributes).equals(source.identity())) {
                source.seen(nowMillis, attributes.size(), attributes.lastModifiedTime());
                return;
            }
        } catch (NoSuchFileException e) {
            // Deleted, or renamed with nothing in its place yet.
        }
        source.rotated(now);
        log.info(
                "{} of stream {} was renamed or deleted; source {} is read to its end.", path, stream, source.number());
        lookForMissed(path, source.seenAtMillis());
        adopt(path, path, false, false);
    }

    /** Goes on with the next generation of a file whose content was replaced. */
    void replaced(Source source, long now) throws IOException {
        TailedFile next = source.file().nextGeneration();
        source.finish();
        log.info(
                "{} of stream {} was truncated or rewritten after byte {} was read; it is read anew from its start.",
                source.watched(),
                stream,
                source.file().offset());
        addNew(new Source(source.watched(), next, nextNumber++, 0, null), source.isRotated());
    }

    /** Lets a source go that is read to its end. */
    void finish(Source source) throws IOException {
        source.finish();
        source.file().close();
        if (source.file().fingerprintLength() == 0) {
            claims.release(source.identity(), stream);
        }
        log.info("Source {} of stream {} is read to its end.", source.number(), stream);
    }

    /** Notes that a file's fingerprint may have grown. */
    void grown(Source source) {
        claim(source);
    }

    /** Moves sources that are finished and settled out of the way; returns whether there were any. */
    boolean retire() {
        boolean any = false;
        for (Source source : open) {
            if (source.isFinished() && source.isSettled()) {
                forget(finished.add(source.toState()));
                open.remove(source);
                any = true;
            }
        }
        return any;
    }

    private void forget(List<SourceState> states) {
        for (SourceState state : states) {
            if (!isOpen(state.identity())) {
                claims.release(state.identity(), stream);
            }
        }
    }

    /** Whether there are sources whose numbers are not durable, so that nothing of them may be sent yet. */
    boolean hasUnsaved() {
        return !unsaved.isEmpty();
    }

    /**
     * Ends the wait for durable numbers. If the store could not be saved, the new sources get random numbers: else, after a
     * crash, other files would get the same numbers and their records would pass for duplicates.
     */
    void numbered(boolean durable) {
        if (!durable) {
            for (Source source : unsaved) {
                source.renumber(ThreadLocalRandom.current().nextLong(FIRST_RANDOM_NUMBER, LAST_RANDOM_NUMBER));
            }
        }
        unsaved.clear();
    }

    Checkpoint checkpoint() {
        List<SourceState> states = new ArrayList<>(finished.states());
        states.addAll(waiting);
        for (Source source : open) {
            states.add(source.toState());
        }
        return new Checkpoint(epoch, nextNumber, System.currentTimeMillis(), states);
    }

    /** How far every source is; may be called by any thread. */
    List<SourceStatus> statuses() {
        List<SourceStatus> statuses = new ArrayList<>(finished.statuses());
        for (Source source : open) {
            statuses.add(source.status());
        }
        return statuses;
    }

    void close() {
        for (Source source : open) {
            try {
                source.file().close();
            } catch (IOException e) {
                log.warn("Tried to close {} but: {}.", source.watched(), e.toString());
            }
        }
    }
}
