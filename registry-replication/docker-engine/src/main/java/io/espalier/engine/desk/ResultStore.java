package io.espalier.engine.desk;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.espalier.files.DurableFiles;
import io.espalier.files.LineFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Results on disk, a line each, and the logs of the newest, a file each. Of verdicts for releases and of other results 500 are kept
 * each. Thread-safe.
 */
final class ResultStore {
    private static final Logger LOG = LoggerFactory.getLogger(ResultStore.class);
    private static final int MOST = 500;
    private static final int SPARE_LINES = 500;

    private final LineFile file;
    private final Path logs;
    private final int keepLogs;
    private final Deque<TestResult> verdicts = new ArrayDeque<>();
    private final Deque<TestResult> others = new ArrayDeque<>();
    private final Deque<String> logged = new ArrayDeque<>();

    private ResultStore(Path folder, int keepLogs) {
        this.file = new LineFile(folder.resolve("results"), SPARE_LINES);
        this.logs = folder.resolve("logs");
        this.keepLogs = keepLogs;
    }

    static ResultStore open(Path folder, int keepLogs) throws IOException {
        ResultStore store = new ResultStore(folder, keepLogs);
        Files.createDirectories(store.logs);
        DurableFiles.removeLeftovers(folder);
        DurableFiles.removeLeftovers(store.logs);
        store.read();
        return store;
    }

    /** A line of another version is left out. */
    private void read() throws IOException {
        for (String line : file.read()) {
            try {
                remember(TestResult.parse(line));
            } catch (RuntimeException notOne) {
                LOG.debug("A line of the results in {} is left out.", logs.getParent());
            }
        }
        shorten();
        all().forEach(result -> {
            if (Files.exists(logFile(result.id()))) {
                logged.addLast(result.id());
            }
        });
        dropLogs();
    }

    private void remember(TestResult result) {
        Deque<TestResult> kind = result.purpose() == Purpose.GATE ? verdicts : others;
        kind.addLast(result);
        if (kind.size() > MOST) {
            kind.removeFirst();
        }
    }

    /** Keeps a result; when the disk does not take it, it is kept in memory. */
    synchronized void add(TestResult result, String output) {
        remember(result);
        try {
            if (!output.isEmpty()) {
                DurableFiles.replace(logFile(result.id()), output.getBytes(UTF_8));
                logged.addLast(result.id());
                dropLogs();
            }
            file.add(result.line());
            shorten();
        } catch (IOException e) {
            LOG.warn("Tried to keep the result of {} on disk but got '{}'.", result.image(), e.getMessage());
        }
    }

    private void dropLogs() {
        while (logged.size() > keepLogs) {
            Path oldest = logFile(logged.removeFirst());
            try {
                Files.deleteIfExists(oldest);
            } catch (IOException e) {
                LOG.warn("Tried to delete the old log {} but got '{}'.", oldest, e.getMessage());
            }
        }
    }

    private void shorten() {
        file.shorten(
                verdicts.size() + others.size(),
                () -> all().stream().map(TestResult::line).toList());
    }

    /** All, the oldest first. */
    private List<TestResult> all() {
        List<TestResult> all = new ArrayList<>(verdicts);
        all.addAll(others);
        all.sort((one, other) -> one.at().compareTo(other.at()));
        return all;
    }

    /** The newest first. */
    synchronized List<TestResult> newest(int limit) {
        List<TestResult> all = all();
        Collections.reverse(all);
        return List.copyOf(all.subList(0, Math.min(limit, all.size())));
    }

    /** The newest verdict on this content by these rules. */
    synchronized Optional<TestResult> verdict(String digest, String rules) {
        List<TestResult> all = new ArrayList<>(verdicts);
        Collections.reverse(all);
        return all.stream()
                .filter(each -> each.digest().equals(digest) && each.rules().equals(rules))
                .findFirst();
    }

    /** The newest result with this id, image or digest. */
    synchronized Optional<TestResult> find(String name) {
        return newest(Integer.MAX_VALUE).stream()
                .filter(each -> each.id().equals(name)
                        || each.image().equals(name)
                        || each.digest().equals(name))
                .findFirst();
    }

    /** What the container printed last; empty when nothing is kept. */
    Optional<String> output(TestResult result) throws IOException {
        Path log = logFile(result.id());
        return Files.exists(log) ? Optional.of(new String(Files.readAllBytes(log), UTF_8)) : Optional.empty();
    }

    Path logFile(String id) {
        return logs.resolve(id + ".log");
    }
}
