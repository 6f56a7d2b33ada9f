package io.espalier.testkit.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** Sees whether SIGSTOP has taken effect: the signal is sent to a process, but each of its threads stops at a time of its own. */
public final class StoppedProcess {
    private static final long LOOK_AGAIN_NANOS = Duration.ofMillis(1).toNanos();

    private StoppedProcess() {}

    /**
     * Waits until every thread of a process stands still; returns at once where there is no {@code /proc}.
     *
     * @throws AssertionError when one still runs after the limit
     */
    public static void await(long pid, Duration limit) {
        Path tasks = Path.of("/proc", Long.toString(pid), "task");
        long end = System.nanoTime() + limit.toNanos();
        while (runs(tasks)) {
            if (System.nanoTime() > end) {
                throw new AssertionError(
                        "Tried to stop process " + pid + " but a thread of it still runs after " + limit + ".");
            }
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
    }

    private static boolean runs(Path tasks) {
        try (Stream<Path> all = Files.list(tasks)) {
            List<Path> threads = all.toList();
            return threads.stream().anyMatch(StoppedProcess::isRunning);
        } catch (IOException gone) {
            return false;
        }
    }

    /** The state stands behind the name, which is in brackets and may hold anything (proc(5)). */
    private static boolean isRunning(Path thread) {
        try {
            String stat = Files.readString(thread.resolve("stat"));
            return "TtZX".indexOf(stat.charAt(stat.lastIndexOf(')') + 2)) < 0;
        } catch (IOException gone) {
            return false;
        }
    }
}
