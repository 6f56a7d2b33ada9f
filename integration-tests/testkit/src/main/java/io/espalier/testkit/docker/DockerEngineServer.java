package io.espalier.testkit.docker;

import static java.util.Objects.requireNonNull;

import io.espalier.testkit.process.ChildProcess;
import io.espalier.testkit.process.ProcessPlan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

/**
 * Debian's Docker engine as a child process with everything in a folder of its own: it touches neither the machine's engine nor its
 * network. Content and containers stay over restarts.
 *
 * <p>A test that uses it is marked {@code @RequiresProgram(value = "dockerd", debianPackage = "docker.io")}; it is skipped where an
 * engine may not run, as without root. Methods are for one thread.
 */
public final class DockerEngineServer implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final Pattern NOT_HERE = Pattern.compile(
            "(?i)operation not permitted|permission denied|cgroup isn't mounted|cgroups: cgroup mountpoint does not exist");

    private final Path folder;
    private @Nullable ChildProcess process;

    private DockerEngineServer(Path folder) {
        this.folder = requireNonNull(folder, "folder is null").toAbsolutePath();
    }

    /**
     * Starts an engine and waits until it answers.
     *
     * @param folder of its own, made if missing; its path must be short, for sockets have 107 characters
     * @throws TestAbortedException where no engine may run
     */
    public static DockerEngineServer start(Path folder) {
        if (!"root".equals(System.getProperty("user.name"))) {
            throw new TestAbortedException("A Docker engine cannot be started here: it takes root.");
        }
        DockerEngineServer server = new DockerEngineServer(folder);
        try {
            Files.createDirectories(server.folder);
            Files.writeString(server.folder.resolve("daemon.json"), "{}\n");
        } catch (IOException e) {
            throw new UncheckedIOException("Tried to make the folder of an engine, " + folder + ".", e);
        }
        server.start();
        return server;
    }

    /** Starts it when it does not run, and waits until it answers. */
    public void start() {
        if (process != null && process.isAlive()) {
            return;
        }
        ChildProcess started = ProcessPlan.command(List.of(
                        "dockerd",
                        "--config-file",
                        folder.resolve("daemon.json").toString(),
                        "--data-root",
                        folder.resolve("data").toString(),
                        "--exec-root",
                        folder.resolve("exec").toString(),
                        "--pidfile",
                        folder.resolve("pid").toString(),
                        "-H",
                        "unix://" + socket(),
                        "--group",
                        "root",
                        "--exec-opt",
                        "native.cgroupdriver=cgroupfs",
                        "--bridge",
                        "none",
                        "--iptables=false",
                        "--ip6tables=false",
                        "--ip-forward=false",
                        "--ip-masq=false"))
                .in(folder)
                .start();
        process = started;
        try {
            started.awaitLine("API listen on", LIMIT);
        } catch (AssertionError e) {
            close();
            if (NOT_HERE.matcher(String.join("\n", started.output())).find()) {
                throw new TestAbortedException("A Docker engine cannot run here: " + last(started), e);
            }
            throw e;
        }
    }

    private static String last(ChildProcess process) {
        List<String> lines = process.output();
        return lines.isEmpty() ? "it said nothing" : lines.get(lines.size() - 1);
    }

    /** Where it listens. */
    public Path socket() {
        return folder.resolve("docker.sock");
    }

    /** Where the containerd listens that comes with it. */
    public Path containerdSocket() {
        return folder.resolve("exec/containerd/containerd.sock");
    }

    /** SIGSTOP: connections are taken, nothing answers. */
    public void freeze() {
        running().stop();
    }

    /** SIGCONT after {@link #freeze}. */
    public void thaw() {
        running().cont();
    }

    /** Ends it with SIGKILL; its containerd ends with it, containers go on. */
    public void kill() {
        running().kill();
        // Where nobody reaps orphans the next engine takes the dead containerd for a running one, by its process id.
        Path pidFile = folder.resolve("exec/containerd/containerd.pid");
        long deadline = System.nanoTime() + LIMIT.toNanos();
        try {
            Path stat = Path.of("/proc", Files.readString(pidFile).strip(), "stat");
            while (Files.exists(stat) && !Files.readString(stat).contains(") Z ")) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("The containerd of a killed engine goes on: " + stat);
                }
                LockSupport.parkNanos(LOOK_NANOS);
            }
            Files.delete(pidFile);
        } catch (IOException gone) {
            // It was reaped between two looks, or wrote no such file.
        }
    }

    /** The names of all images, as {@code repository:tag}; those without one as {@code <none>:<none>}. */
    public List<String> images() {
        return docker("images", "--all", "--format", "{{.Repository}}:{{.Tag}}");
    }

    /** The ids of all containers, running or not. */
    public List<String> containers() {
        return docker("ps", "--all", "--quiet", "--no-trunc");
    }

    /** Runs the command line client on this engine and returns what it printed; fails when it fails. */
    public List<String> docker(String... words) {
        List<String> command = new ArrayList<>(List.of("docker", "-H", "unix://" + socket()));
        Collections.addAll(command, words);
        try (ChildProcess client = ProcessPlan.command(command).start()) {
            int code = client.awaitExit(LIMIT);
            if (code != 0) {
                throw new AssertionError(String.join(" ", command) + " ended with code " + code + ":\n"
                        + String.join("\n", client.output()));
            }
            return client.output();
        }
    }

    private ChildProcess running() {
        if (process == null) {
            throw new IllegalStateException("The engine is not started.");
        }
        return process;
    }

    /** Removes all containers, ends the engine with whatever it started, and unmounts what it mounted. */
    @Override
    public void close() {
        ChildProcess open = process;
        process = null;
        if (open != null) {
            try {
                emptied(open);
            } finally {
                endRest();
                unmount();
            }
        }
    }

    private void emptied(ChildProcess open) {
        try (open) {
            if (!open.isAlive() && !Files.exists(containerdSocket())) {
                return;
            }
            if (!open.isAlive()) {
                start(); // after a kill the containers are still there, and only an engine can end them well
            } else {
                open.cont();
            }
            for (String container : containers()) {
                docker("rm", "--force", "--volumes", container);
            }
        } finally {
            ChildProcess again = process;
            process = null;
            if (again != null) {
                again.close();
            }
        }
    }

    /** What a killed engine left: its containerd, and shims, which name the folder on their command lines. */
    private void endRest() {
        List<ProcessHandle> rest;
        try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
            rest = all.filter(each -> each.pid() != ProcessHandle.current().pid())
                    .filter(each -> each.info()
                            .commandLine()
                            .filter(line -> line.contains(folder.resolve("exec") + "/"))
                            .isPresent())
                    .toList();
        }
        // Containers are children of their shims and would outlive them.
        rest.forEach(each -> each.descendants().forEach(ProcessHandle::destroyForcibly));
        rest.forEach(ProcessHandle::destroyForcibly);
        for (ProcessHandle each : rest) {
            try {
                each.onExit().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (java.util.concurrent.ExecutionException | TimeoutException e) {
                throw new AssertionError("Process " + each.pid() + " of an engine does not end.", e);
            }
        }
    }

    private void unmount() {
        List<String> mounts = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/mountinfo"))) {
                String point = line.split(" ", 6)[4];
                if (point.startsWith(folder + "/")) {
                    mounts.add(point);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Tried to read the mounts of this machine.", e);
        }
        Collections.reverse(mounts);
        for (String mount : mounts) {
            try (ChildProcess umount =
                    ProcessPlan.command(List.of("umount", "-l", mount)).start()) {
                umount.awaitExit(LIMIT);
            }
        }
    }
}
