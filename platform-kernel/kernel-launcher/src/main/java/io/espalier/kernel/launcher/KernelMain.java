package io.espalier.kernel.launcher;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import io.espalier.kernel.launcher.boot.DataLock;
import io.espalier.kernel.launcher.boot.Kernel;
import io.espalier.kernel.launcher.boot.Layout;
import io.espalier.kernel.launcher.log.LogbackLog;
import io.espalier.kernel.launcher.run.RunConsole;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Runs the kernel in this process until it is told to stop. Everything it needs to know comes as system properties, which
 * {@code bin/espalier} sets: {@code espalier.home}, {@code espalier.data}, {@code espalier.log}, {@code espalier.profile},
 * {@code espalier.console} (log level of the console), {@code espalier.terminal} (the output is a terminal),
 * {@code espalier.run} (show the run in the foreground) and
 * {@code espalier.run.for} (an ISO duration after which that run ends).
 */
public final class KernelMain {
    private static final Duration STOP_LIMIT = Duration.ofSeconds(30);

    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Kernel kernel;

    private KernelMain(Kernel kernel) {
        this.kernel = kernel;
    }

    /** Exits with 0 after a stop on demand, 1 when the start or the run failed; the reason is on standard error. */
    public static void main(String[] args) {
        int exit;
        try {
            exit = startAlone(layout());
        } catch (IOException e) {
            System.err.println(e.getMessage());
            exit = 1;
        } catch (InterruptedException e) {
            exit = 1;
        }
        System.exit(exit);
    }

    private static Layout layout() {
        Path home = Path.of(System.getProperty("espalier.home", "."));
        Path data =
                Path.of(System.getProperty("espalier.data", home.resolve("data").toString()));
        Path log =
                Path.of(System.getProperty("espalier.log", home.resolve("log").toString()));
        return new Layout(home, data, log, System.getProperty("espalier.profile", "minimal"));
    }

    /** The folder is held until the process has ended, also when it is ended from outside. */
    private static int startAlone(Layout layout) throws IOException, InterruptedException {
        layout.prepare();
        DataLock lock = DataLock.take(layout.data());
        try {
            return start(layout);
        } finally {
            Reference.reachabilityFence(lock);
        }
    }

    private static int start(Layout layout) throws IOException, InterruptedException {
        LogbackLog log = LogbackLog.start(
                (LoggerContext) LoggerFactory.getILoggerFactory(),
                layout.log(),
                Level.toLevel(System.getProperty("espalier.console", "INFO")));
        log.readLevels(layout.etc().resolve("log-levels.properties"));
        KernelMain main = new KernelMain(Kernel.start(layout, log));
        Thread hook = new Thread(main::stopFromOutside, "kernel-shutdown");
        Runtime.getRuntime().addShutdownHook(hook);
        Thread waiter = new Thread(main::awaitStop, "kernel-stop-waiter");
        waiter.setDaemon(true);
        waiter.start();
        if (!Boolean.getBoolean("espalier.run")) {
            main.stopped.await();
            return 0;
        }
        return main.runInForeground(layout);
    }

    private int runInForeground(Layout layout) throws IOException, InterruptedException {
        String limit = System.getProperty("espalier.run.for");
        @Nullable Duration time = limit == null ? null : Duration.parse(limit);
        RunConsole console = new RunConsole(layout, System.out, Boolean.getBoolean("espalier.terminal"), stopped);
        int exit = console.run(time);
        System.out.flush();
        if (!kernel.stop(STOP_LIMIT)) {
            System.err.println(
                    "The kernel had not stopped after " + STOP_LIMIT.toSeconds() + " s; see " + layout.log());
        }
        return exit;
    }

    private void awaitStop() {
        try {
            kernel.awaitStop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        stopped.countDown();
    }

    private void stopFromOutside() {
        try {
            if (stopped.getCount() > 0 && !kernel.stop(STOP_LIMIT)) {
                System.err.println("The kernel had not stopped after " + STOP_LIMIT.toSeconds() + " s and is ended.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
