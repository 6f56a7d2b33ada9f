package io.espalier.kernel.launcher.control;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;

/** Waits until a kernel that was just started is ready, and says what it waits for. */
final class ReadyWait {
    static final int READY = 0;
    static final int NOT_READY = 1;
    static final int ENDED = 3;

    private static final Duration LIMIT = Duration.ofSeconds(60);
    /** So begins the answer of a kernel that does not get ready by itself. */
    private static final String HOPELESS = "NOT READY until ";

    private static final Duration PATIENCE = Duration.ofSeconds(6);
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final Path socket;
    private final long pid;
    private final Consumer<String> told;

    /**
     * A wait that has not begun.
     *
     * @param pid of the kernel's process
     * @param told takes what people should know, with line ends
     */
    ReadyWait(Path socket, long pid, Consumer<String> told) {
        this.socket = requireNonNull(socket, "socket is null");
        this.pid = pid;
        this.told = requireNonNull(told, "told is null");
    }

    /** READY; NOT_READY after a minute, or as soon as it is known that waiting does not help; ENDED when the process is gone. */
    int await() throws InterruptedException {
        long begun = System.nanoTime();
        boolean patient = true;
        while (true) {
            StringBuilder answer = new StringBuilder();
            if (isReady(answer)) {
                return READY;
            }
            if (!ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false)) {
                return ENDED;
            }
            Duration waited = Duration.ofNanos(System.nanoTime() - begun);
            if (answer.indexOf(HOPELESS) == 0 || waited.compareTo(LIMIT) > 0) {
                told.accept(answer.toString());
                return NOT_READY;
            }
            if (patient && waited.compareTo(PATIENCE) > 0) {
                patient = false;
                told.accept("Not ready yet:\n" + answer);
            }
            Thread.sleep(PAUSE.toMillis());
        }
    }

    private boolean isReady(StringBuilder answer) {
        try (ControlClient client = ControlClient.connect(socket)) {
            return client.execute("health:check", answer::append, answer::append) == 0;
        } catch (IOException notYet) {
            answer.append(notYet.getMessage()).append('\n');
            return false;
        }
    }
}
