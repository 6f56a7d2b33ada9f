package io.espalier.kafka.supervisor;

import static java.util.Objects.requireNonNull;

import io.espalier.kafka.supervisor.BrokerStatus.State;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts a broker in a child process and starts it again, with growing pauses, when it ends.
 *
 * <p>Two threads, owned by this object: {@code kafka-supervisor} follows the child, {@code kafka-probe} asks it now and then
 * whether it still answers. One that does not is reported, never started again for that: it may heal, as after a
 * {@code SIGCONT}, and its clients wait. The child ends with this JVM, however that one dies,
 * because its standard input is a pipe from here. Thread-safe.
 */
public final class BrokerSupervisor {
    private static final Logger log = LoggerFactory.getLogger(BrokerSupervisor.class);
    private static final Duration STEADY = Duration.ofMinutes(1);
    private static final long KILL_LIMIT_S = 5;

    private final SupervisorSettings settings;
    private final BrokerListener listener;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "kafka-supervisor");
    private final Thread prober = new Thread(this::probe, "kafka-probe");
    private volatile BrokerStatus status;
    private @Nullable Process process;
    private boolean announced;
    private long downSince;
    private long readyAt;

    public BrokerSupervisor(SupervisorSettings settings, BrokerListener listener) {
        this.settings = requireNonNull(settings, "settings is null");
        this.listener = requireNonNull(listener, "listener is null");
        this.status = new BrokerStatus(State.STARTING, 0, settings.bootstrapServers(), 0, "");
    }

    /** Starts the child without waiting for it; to be called once. */
    public void start() {
        downSince = System.nanoTime();
        thread.start();
        prober.start();
    }

    /** How the broker is now. */
    public BrokerStatus status() {
        return status;
    }

    /** Stops the child, in order within the stop limit, else by force, and the threads. */
    public void stop() throws InterruptedException {
        stopping.countDown();
        Process child = current();
        if (child != null) {
            end(child);
        }
        thread.join(TimeUnit.SECONDS.toMillis(KILL_LIMIT_S));
        // A question that still waits ends with the child.
        prober.join(TimeUnit.SECONDS.toMillis(KILL_LIMIT_S));
    }

    private void end(Process child) throws InterruptedException {
        // Not by Process.destroy, which closes the child's output before its last words.
        child.toHandle().destroy();
        try {
            if (!child.waitFor(settings.stopLimit().toMillis(), TimeUnit.MILLISECONDS)) {
                log.warn(
                        "The Kafka broker (pid {}) has not stopped within {} ms; killing it.",
                        child.pid(),
                        settings.stopLimit().toMillis());
            }
        } finally {
            // Also when the stop itself is interrupted because it takes too long: no broker outlives its plug-in.
            child.toHandle().destroyForcibly();
        }
        child.waitFor(KILL_LIMIT_S, TimeUnit.SECONDS);
    }

    private void run() {
        try {
            Duration pause = settings.firstPause();
            while (!isStopping()) {
                String problem = runOnce();
                if (isStopping()) {
                    break;
                }
                boolean wasSteady = readyAt != 0 && System.nanoTime() - readyAt > STEADY.toNanos();
                pause = wasSteady ? settings.firstPause() : pause;
                report(problem, pause);
                pauseAndDespair(pause);
                pause = shorter(pause.multipliedBy(2), settings.longestPause());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            become(status(State.STOPPED, 0, ""));
        }
    }

    /** Runs one child to its end; returns why it ended. */
    private String runOnce() throws InterruptedException {
        readyAt = 0;
        ChildOutput output = new ChildOutput(settings.logFile());
        try {
            Process child = launch();
            if (child == null) {
                return "";
            }
            long started = System.nanoTime();
            become(status(State.STARTING, child.pid(), status.problem()));
            output.follow(child.getInputStream(), () -> becomeReady(child, started));
            int code = child.waitFor();
            return output.failure().isEmpty()
                    ? "The Kafka broker (pid " + child.pid() + ") has ended with code " + code + "; its output is in "
                            + settings.logFile() + "."
                    : output.failure();
        } catch (IOException e) {
            return "Tried to start the Kafka broker with " + settings.command().get(0) + " but got: " + e.getMessage();
        } finally {
            forget();
        }
    }

    /** Under the lock, so that a stop never misses a child that is just being started. */
    private synchronized @Nullable Process launch() throws IOException {
        if (isStopping()) {
            return null;
        }
        process =
                new ProcessBuilder(settings.command()).redirectErrorStream(true).start();
        return process;
    }

    private synchronized @Nullable Process current() {
        return process;
    }

    private synchronized void forget() {
        process = null;
    }

    private void becomeReady(Process child, long started) {
        readyAt = System.nanoTime();
        become(status(State.READY, child.pid(), ""));
        log.info(
                "Kafka broker ready on {} (pid {}, {} ms)",
                settings.bootstrapServers(),
                child.pid(),
                TimeUnit.NANOSECONDS.toMillis(readyAt - started));
        if (!announced) {
            announced = true;
            listener.available();
        }
    }

    private void report(String problem, Duration pause) {
        if (readyAt != 0) {
            downSince = System.nanoTime();
        }
        // The same sentence each half minute would bury the rest of the log.
        if (!problem.equals(status.problem())) {
            log.warn("{} It starts again in {} ms.", problem, pause.toMillis());
        }
        become(new BrokerStatus(State.DOWN, 0, settings.bootstrapServers(), status.restarts() + 1, problem));
    }

    private void pauseAndDespair(Duration pause) throws InterruptedException {
        if (announced && System.nanoTime() - downSince > settings.patience().toNanos()) {
            announced = false;
            log.warn(
                    "The Kafka broker on {} has been down for {}; it is withdrawn.",
                    settings.bootstrapServers(),
                    settings.patience());
            listener.unavailable();
        }
        stopping.await(pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void probe() {
        BrokerProbe probe = new BrokerProbe(settings.bootstrapServers(), settings.probeLimit());
        try {
            while (!stopping.await(settings.probePause().toMillis(), TimeUnit.MILLISECONDS)) {
                BrokerStatus before = status;
                if (before.state() == State.READY || before.state() == State.NOT_ANSWERING) {
                    ask(probe, before);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void ask(BrokerProbe probe, BrokerStatus before) {
        try {
            probe.ask();
            if (before.state() == State.NOT_ANSWERING && change(before, State.READY, "")) {
                log.info("The Kafka broker on {} (pid {}) answers again.", before.bootstrapServers(), before.pid());
            }
        } catch (IOException e) {
            String problem = "The Kafka broker on " + before.bootstrapServers() + " (pid " + before.pid()
                    + ") runs but does not answer: " + e.getMessage()
                    + ". Clients wait; see whether its process is stopped or the machine is overloaded, else kill the"
                    + " process, and it is started again.";
            if (before.state() == State.READY && !isStopping() && change(before, State.NOT_ANSWERING, problem)) {
                log.warn("{}", problem);
            }
        }
    }

    private synchronized void become(BrokerStatus next) {
        status = next;
    }

    /** Not when the process has ended or been started again during the question. */
    private synchronized boolean change(BrokerStatus before, State state, String problem) {
        Process child = process;
        if (child == null || !child.isAlive() || !status.equals(before)) {
            return false;
        }
        status = new BrokerStatus(state, before.pid(), before.bootstrapServers(), before.restarts(), problem);
        return true;
    }

    private BrokerStatus status(State state, long pid, String problem) {
        return new BrokerStatus(state, pid, settings.bootstrapServers(), status.restarts(), problem);
    }

    private boolean isStopping() {
        return stopping.getCount() == 0;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
