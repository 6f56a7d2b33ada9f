package io.espalier.testkit.process;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * A program that a test started; {@link #close} ends it with all its descendants, and so does the end of this JVM.
 *
 * <p>Standard output and error are read as one, the last 2,000 lines are kept and stand in the message when a wait
 * fails. All signals go to the process id of this one process. The class is thread-safe. A JVM that is itself killed with
 * SIGKILL cannot end its children.
 */
public final class ChildProcess implements AutoCloseable {
    private static final Duration TERM_LIMIT = Duration.ofSeconds(10);
    private static final Duration SIGNAL_LIMIT = Duration.ofSeconds(10);
    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final int CONNECT_MS = 500;
    private static final int LINES_IN_MESSAGE = 40;

    private final String name;
    private final Process process;
    private final OutputTail output = new OutputTail();
    private final Thread reader;
    private final Thread atJvmExit;

    private ChildProcess(String name, Process process) {
        this.name = name;
        this.process = process;
        String thread = "child-" + process.pid();
        this.reader = new Thread(() -> output.readAll(process.getInputStream()), thread + "-output");
        this.atJvmExit = new Thread(this::killTree, thread + "-at-exit");
    }

    static ChildProcess start(ProcessPlan plan) {
        ProcessBuilder builder = new ProcessBuilder(plan.command())
                .directory(plan.folder().toFile())
                .redirectErrorStream(true);
        builder.environment().putAll(plan.environment());
        String name = Path.of(plan.command().get(0)).getFileName() + "";
        try {
            ChildProcess child = new ChildProcess(name, builder.start());
            Runtime.getRuntime().addShutdownHook(child.atJvmExit);
            child.reader.setDaemon(true);
            child.reader.start();
            return child;
        } catch (IOException e) {
            throw new AssertionError("Tried to start " + String.join(" ", plan.command()) + " but got: " + e, e);
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Its standard input; closed with the child. */
    public OutputStream input() {
        return process.getOutputStream();
    }

    /** The last lines it printed, 2,000 at most. */
    public List<String> output() {
        return output.last(Integer.MAX_VALUE);
    }

    /**
     * Waits for a line in which the regular expression is found; lines printed before the call count.
     *
     * @return the match, so that its groups can be read
     * @throws AssertionError with the last output when the deadline passes or the output ends first
     */
    public MatchResult awaitLine(String regex, Duration deadline) {
        Pattern pattern = Pattern.compile(requireNonNull(regex, "regex is null"));
        Optional<MatchResult> match = Optional.empty();
        try {
            match = output.await(pattern, System.nanoTime() + deadline.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return match.orElseThrow(() -> failure("to see a line with " + regex, deadline));
    }

    /**
     * Waits until something listens on this loopback port.
     *
     * @throws AssertionError with the last output when the deadline passes or the process ends first
     */
    public void awaitPort(int port, Duration deadline) {
        long end = System.nanoTime() + deadline.toNanos();
        while (!listens(port)) {
            if (!process.isAlive()
                    || System.nanoTime() > end
                    || Thread.currentThread().isInterrupted()) {
                throw failure("to connect to port " + port, deadline);
            }
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
    }

    /**
     * Waits for its end and returns the exit code; 128 + n when signal n ended it.
     *
     * @throws AssertionError with the last output when it still runs after the deadline
     */
    public int awaitExit(Duration deadline) {
        if (!waitFor(deadline)) {
            throw failure("to see the end", deadline);
        }
        join(reader);
        return process.exitValue();
    }

    /** Asks it to end (SIGTERM). */
    public void term() {
        signal("TERM");
    }

    /** Ends it without asking (SIGKILL) and returns when it is gone. */
    public void kill() {
        signal("KILL");
        awaitExit(SIGNAL_LIMIT);
    }

    /** Freezes it (SIGSTOP) and returns when it stands still: its connections stay open, nothing answers. */
    public void stop() {
        signal("STOP");
        StoppedProcess.await(pid(), SIGNAL_LIMIT);
    }

    /** Lets it go on after {@link #stop} (SIGCONT). */
    public void cont() {
        signal("CONT");
    }

    /** Ends the process (SIGTERM, after 10 s SIGKILL) and whatever is left of its descendants. */
    @Override
    public void close() {
        List<ProcessHandle> descendants = process.descendants().toList();
        if (process.isAlive()) {
            trySignal("CONT");
            // Not by Process.destroy, which closes the child's output before its last words.
            process.toHandle().destroy();
            if (!waitFor(TERM_LIMIT)) {
                process.toHandle().destroyForcibly();
                waitFor(SIGNAL_LIMIT);
            }
        }
        descendants.forEach(ProcessHandle::destroyForcibly);
        join(reader);
        forgetAtJvmExit();
    }

    @Override
    public String toString() {
        return name + " (pid " + pid() + (isAlive() ? ", running)" : ", ended with code " + process.exitValue() + ")");
    }

    private void signal(String signal) {
        if (!trySignal(signal)) {
            throw failure("to send SIG" + signal, SIGNAL_LIMIT);
        }
    }

    private boolean trySignal(String signal) {
        // The shell's own kill needs no further package.
        ProcessBuilder kill = new ProcessBuilder("/bin/sh", "-c", "kill -s " + signal + " " + pid());
        try {
            Process sent = kill.redirectErrorStream(true).start();
            return sent.waitFor(SIGNAL_LIMIT.toSeconds(), TimeUnit.SECONDS) && sent.exitValue() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private boolean waitFor(Duration limit) {
        try {
            return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private AssertionError failure(String action, Duration deadline) {
        return new AssertionError("Tried " + action + " of " + this + " within " + deadline.toMillis()
                + " ms, without success. Its last output:\n" + String.join("\n", output.last(LINES_IN_MESSAGE)));
    }

    private void killTree() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    private void forgetAtJvmExit() {
        try {
            Runtime.getRuntime().removeShutdownHook(atJvmExit);
        } catch (IllegalStateException exiting) {
            // The JVM is on its way out: the hook runs, and finds nothing to kill.
        }
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MS);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join(SIGNAL_LIMIT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
