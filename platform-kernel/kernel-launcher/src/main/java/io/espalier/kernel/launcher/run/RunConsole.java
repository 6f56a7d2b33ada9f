package io.espalier.kernel.launcher.run;

import static java.util.Objects.requireNonNull;

import io.espalier.kernel.launcher.boot.Layout;
import io.espalier.kernel.launcher.control.ControlClient;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Shows a running kernel in the foreground: waits until it is ready, tells where everything is, repeats the profile's watch
 * command, and ends with its verdict. It talks to the kernel through the same control socket as everybody else.
 */
public final class RunConsole {
    private static final Duration READY_LIMIT = Duration.ofSeconds(60);
    private static final String CLEAR_SCREEN = "\u001b[H\u001b[2J\u001b[3J";

    private final Layout layout;
    private final PrintStream out;
    private final boolean terminal;
    private final CountDownLatch stopped;
    private final ProcessTreeMemory memory = new ProcessTreeMemory();

    /**
     * @param terminal whether the display may be redrawn in place; otherwise it is printed every five seconds
     * @param stopped opens when the kernel has stopped for another reason
     */
    public RunConsole(Layout layout, PrintStream out, boolean terminal, CountDownLatch stopped) {
        this.layout = requireNonNull(layout, "layout is null");
        this.out = requireNonNull(out, "out is null");
        this.terminal = terminal;
        this.stopped = requireNonNull(stopped, "stopped is null");
    }

    /**
     * Runs until the time is over or the kernel stops.
     *
     * @param time how long to run from readiness on, null for until stopped
     * @return the exit code: 0 when the kernel became ready and the profile's closing command, if any, succeeded
     */
    public int run(@Nullable Duration time) throws IOException, InterruptedException {
        Profile profile = Profile.read(layout.profileFile());
        long begin = System.nanoTime();
        if (!awaitReady(begin)) {
            return 1;
        }
        String ready = String.format(Locale.ROOT, "ready after %.1f s", secondsSinceStart());
        List<String> about = new ArrayList<>();
        for (String command : profile.about()) {
            capture(command, about);
        }
        about.add(ready + "; data in " + layout.data());
        about.forEach(out::println);
        long end = time == null ? Long.MAX_VALUE : System.nanoTime() + time.toNanos();
        watch(profile, about, end);
        if (stopped.getCount() == 0) {
            return time == null ? 0 : 1;
        }
        return finish(profile, ready);
    }

    private boolean awaitReady(long begin) throws IOException, InterruptedException {
        List<String> last = new ArrayList<>();
        while (System.nanoTime() - begin < READY_LIMIT.toNanos()) {
            last.clear();
            if (Files.exists(layout.controlSocket()) && capture("health:check", last) == 0) {
                return true;
            }
            if (stopped.await(100, TimeUnit.MILLISECONDS)) {
                out.println("The kernel stopped before it was ready; see " + layout.log() + "/espalier.log.");
                return false;
            }
        }
        out.println("The kernel was not ready within " + READY_LIMIT.toSeconds() + " s; this is what it says:");
        last.forEach(out::println);
        return false;
    }

    private void watch(Profile profile, List<String> about, long end) throws InterruptedException, IOException {
        for (long tick = 0; System.nanoTime() < end; tick++) {
            long rest = Math.min(end - System.nanoTime(), TimeUnit.SECONDS.toNanos(1));
            if (stopped.await(rest, TimeUnit.NANOSECONDS)) {
                return;
            }
            long kib = memory.measure();
            if (!profile.watch().isEmpty() && (terminal || tick % 5 == 4)) {
                List<String> table = new ArrayList<>();
                capture(profile.watch(), table);
                draw(about, table, kib);
            }
        }
    }

    private void draw(List<String> about, List<String> table, long kib) {
        StringBuilder screen = new StringBuilder();
        if (terminal) {
            screen.append(CLEAR_SCREEN);
            about.forEach(line -> screen.append(line).append('\n'));
        }
        screen.append('\n');
        table.forEach(line -> screen.append(line).append('\n'));
        screen.append("memory of all processes ").append(kib / 1024).append(" MB");
        out.println(screen);
    }

    private int finish(Profile profile, String ready) throws IOException {
        List<String> closing = new ArrayList<>();
        int exit = profile.finish().isEmpty() ? 0 : capture(profile.finish(), closing);
        memory.measure();
        out.println(ready + "; peak memory of all processes " + memory.peak() / 1024 + " MB");
        closing.forEach(out::println);
        return exit;
    }

    /** Runs a command and keeps its lines; a kernel that cannot be reached counts as a failed command. */
    private int capture(String command, List<String> lines) throws IOException {
        StringBuilder text = new StringBuilder();
        try (ControlClient client = ControlClient.connect(layout.controlSocket())) {
            int exit = client.execute(command, text::append, text::append);
            text.toString().lines().forEach(lines::add);
            return exit;
        } catch (IOException e) {
            if (stopped.getCount() > 0 && Files.exists(layout.controlSocket())) {
                lines.add(e.getMessage() == null ? e.toString() : e.getMessage());
            }
            return 1;
        }
    }

    /** Since the process began, so that the time the virtual machine takes counts too. */
    private static double secondsSinceStart() {
        return (System.currentTimeMillis()
                        - ManagementFactory.getRuntimeMXBean().getStartTime())
                / 1e3;
    }
}
