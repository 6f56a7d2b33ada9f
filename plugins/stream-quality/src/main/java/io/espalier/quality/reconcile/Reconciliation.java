package io.espalier.quality.reconcile;

import static java.util.Objects.requireNonNull;

import io.espalier.quality.reconcile.SequenceSet.Added;
import io.espalier.stream.stage.ReadLedger.SourceRead;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Compares a collector's ledger with the files: which of the records that were read stand in a visible file, and how often.
 *
 * <p>Reads all {@code *.jsonl} files below a folder once; hidden ones, which are in flight, do not count. Memory is bounded by
 * one bit a record that was read, and one line. For one thread, for one use.
 */
public final class Reconciliation {
    private static final int MOST_FINDINGS = 20;

    private final Map<Source, SequenceSet> sources = new HashMap<>();
    private final List<String> findings = new ArrayList<>();
    private final LineReader reader = new LineReader();
    private @Nullable Source lastSource;
    private @Nullable SequenceSet lastSet;
    private long duplicates;
    private long strangers;
    private long unreadable;

    private Reconciliation() {}

    private record Source(String stream, String agent, long epoch) {
        @Override
        public String toString() {
            return "source " + agent + " (epoch " + epoch + ") of stream " + stream;
        }
    }

    /**
     * Compares.
     *
     * @param ledger what was read
     * @param folder what was written stands below it
     * @throws IOException when the folder or a file cannot be read
     */
    public static Reconciled reconcile(List<SourceRead> ledger, Path folder) throws IOException {
        requireNonNull(folder, "folder is null");
        var reconciliation = new Reconciliation();
        for (SourceRead source : ledger) {
            reconciliation.sources.put(
                    new Source(source.stream().toString(), source.agent(), source.epoch()),
                    new SequenceSet(source.nextSeq()));
        }
        reconciliation.readAll(folder);
        return reconciliation.result();
    }

    private void readAll(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                String name = Objects.toString(file.getFileName());
                if (name.endsWith(".jsonl") && !name.startsWith(".")) {
                    read(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private void read(Path file) throws IOException {
        long[] number = new long[1];
        try (InputStream in = Files.newInputStream(file)) {
            LineSplitter.split(in, (buffer, offset, length, terminated) -> {
                number[0]++;
                LineReader.Result result = reader.read(buffer, offset, length);
                if (result instanceof LineReader.Result.Line read) {
                    count(read.line());
                } else if (result instanceof LineReader.Result.Unreadable not) {
                    unreadable(file, number[0], not.reason(), terminated);
                }
            });
        } catch (IOException e) {
            throw new IOException(
                    "Tried to read back " + file + " but failed behind line " + number[0] + ": " + e.getMessage(), e);
        }
    }

    private void unreadable(Path file, long number, String reason, boolean terminated) {
        unreadable++;
        find("Line " + number + " of " + file + " is not a record: " + reason
                + (terminated ? "." : "; it ends without a line feed, so the file may be torn."));
    }

    private void count(WrittenLine line) {
        SequenceSet set = line.identified() ? set(line) : null;
        Added added = set == null ? Added.BEYOND_LIMIT : set.add(line.seq());
        switch (added) {
            case NEW -> {}
            case KNOWN -> duplicates++;
            case BEYOND_LIMIT -> strangers++;
        }
    }

    /** Lines of one source mostly come in a row. */
    private @Nullable SequenceSet set(WrittenLine line) {
        Source last = lastSource;
        if (last == null
                || last.epoch() != line.epoch()
                || !last.agent().equals(line.agent())
                || !last.stream().equals(line.stream())) {
            last = new Source(
                    requireNonNull(line.stream(), "stream is null"),
                    requireNonNull(line.agent(), "agent is null"),
                    line.epoch());
            lastSource = last;
            lastSet = sources.get(last);
        }
        return lastSet;
    }

    private void find(String sentence) {
        if (findings.size() < MOST_FINDINGS) {
            findings.add(sentence);
        }
    }

    private Reconciled result() {
        TreeSet<String> streams = new TreeSet<>();
        long read = 0;
        long written = 0;
        for (Map.Entry<Source, SequenceSet> entry : sources.entrySet()) {
            SequenceSet set = entry.getValue();
            read += set.limit();
            written += set.size();
            if (set.limit() > 0) {
                streams.add(entry.getKey().stream());
            }
            if (set.size() < set.limit()) {
                find((set.limit() - set.size()) + " of " + set.limit() + " records of " + entry.getKey()
                        + " are in no file; the first is the one with sequence " + set.firstMissing() + ".");
            }
        }
        if (strangers > 0) {
            find(strangers + " lines are of records that the collector did not read; they are not counted.");
        }
        return new Reconciled(streams.size(), read, written, duplicates, strangers, unreadable, findings);
    }
}
