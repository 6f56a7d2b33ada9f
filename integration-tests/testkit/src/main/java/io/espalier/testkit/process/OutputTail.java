package io.espalier.testkit.process;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The last lines that a process printed; bounded in lines and in bytes of a line. Thread-safe. */
final class OutputTail {
    private static final int MOST_LINES = 2_000;
    private static final int MOST_LINE_BYTES = 8_192;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<String> lines = new ArrayDeque<>();
    private boolean ended;

    /** Reads until the stream ends; runs on a thread of its own. */
    void readAll(InputStream stream) {
        try (InputStream in = new BufferedInputStream(stream)) {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int b = in.read(); b >= 0; b = in.read()) {
                if (b == '\n') {
                    add(line);
                } else if (line.size() < MOST_LINE_BYTES) {
                    line.write(b);
                }
            }
            if (line.size() > 0) {
                add(line);
            }
        } catch (IOException e) {
            addLine("(its output ended: " + e.getMessage() + ")");
        } finally {
            end();
        }
    }

    /** The first kept line with a match, waiting until {@code deadline}; empty when none came or the output ended. */
    Optional<MatchResult> await(Pattern pattern, long deadline) throws InterruptedException {
        lock.lock();
        try {
            while (true) {
                Optional<MatchResult> found = find(pattern);
                long left = deadline - System.nanoTime();
                if (found.isPresent() || ended || left <= 0) {
                    return found;
                }
                changed.await(left, TimeUnit.NANOSECONDS);
            }
        } finally {
            lock.unlock();
        }
    }

    /** The last {@code most} lines. */
    List<String> last(int most) {
        lock.lock();
        try {
            return lines.stream().skip(Math.max(0, lines.size() - most)).toList();
        } finally {
            lock.unlock();
        }
    }

    private Optional<MatchResult> find(Pattern pattern) {
        for (String line : lines) {
            Matcher matcher = pattern.matcher(line);
            if (matcher.find()) {
                return Optional.of(matcher.toMatchResult());
            }
        }
        return Optional.empty();
    }

    private void add(ByteArrayOutputStream line) {
        addLine(line.toString(StandardCharsets.UTF_8).stripTrailing());
        line.reset();
    }

    private void addLine(String line) {
        lock.lock();
        try {
            if (lines.size() == MOST_LINES) {
                lines.removeFirst();
            }
            lines.addLast(line);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void end() {
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
