package io.espalier.testkit.database;

import static java.util.Objects.requireNonNull;

import io.espalier.testkit.files.Folders;
import io.espalier.testkit.process.ChildProcess;
import io.espalier.testkit.process.ProcessPlan;
import io.espalier.testkit.process.StoppedProcess;
import io.espalier.testkit.program.ProgramPath;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A database server's folder and processes. These servers refuse to be root, so root runs them as their own user. */
final class ServerProcess implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(60);

    private final Path folder;
    private final String account;
    private @Nullable ChildProcess process;

    /**
     * A new folder with a short path, as sockets need it.
     *
     * @param account whom Debian's package made for it
     */
    ServerProcess(String prefix, String account) {
        this.account = requireNonNull(account, "account is null");
        try {
            folder = Files.createTempDirectory(Path.of("/tmp"), prefix);
            if (isRoot()) {
                Files.setOwner(
                        folder,
                        folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(account));
            }
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new UncheckedIOException("Tried to make a folder for a server of user " + account + ".", e);
        }
    }

    /** A copy of a file that the server's user alone can read. */
    Path adopt(Path file) {
        Path copy = folder.resolve(String.valueOf(file.getFileName()));
        try {
            Files.copy(file, copy);
            Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-------"));
            if (isRoot()) {
                Files.setOwner(copy, Files.getOwner(folder));
            }
            return copy;
        } catch (IOException e) {
            throw new UncheckedIOException("Tried to copy " + file + " for a server of user " + account + ".", e);
        }
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    Path folder() {
        return folder;
    }

    boolean isAlive() {
        return process != null && process.isAlive();
    }

    static String program(String name) {
        return ProgramPath.find(name)
                .orElseThrow(() -> new AssertionError("The program " + name + " is missing; see @RequiresProgram."))
                .toString();
    }

    /** A program run by the server's user. */
    ProcessPlan plan(String program, List<String> arguments) {
        List<String> command = new ArrayList<>();
        if (isRoot()) {
            command.addAll(List.of("setpriv", "--reuid", account, "--regid", account, "--clear-groups"));
        }
        command.add(program(program));
        command.addAll(arguments);
        return ProcessPlan.command(command).in(folder).with("LC_ALL", "C.UTF-8").with("HOME", folder.toString());
    }

    /** Runs a program to its end and answers what it printed. */
    static String run(ProcessPlan plan) {
        try (ChildProcess child = plan.start()) {
            int code = child.awaitExit(LIMIT);
            String text = String.join("\n", child.output());
            if (code != 0) {
                throw new AssertionError(
                        "Tried to run " + plan.command() + " but got exit code " + code + ":\n" + text);
            }
            return text;
        }
    }

    void start(ProcessPlan plan, String readyLine) {
        process = plan.start();
        process.awaitLine(readyLine, LIMIT);
    }

    void stop() {
        if (process != null) {
            process.close();
            process = null;
        }
    }

    void kill() {
        signal("KILL");
        stop();
    }

    /** SIGSTOP; returns when all stand still. */
    void freeze() {
        signal("STOP");
        pids().forEach(pid -> StoppedProcess.await(pid, LIMIT));
    }

    /** The server and the processes that it made for its connections. */
    private List<Long> pids() {
        ChildProcess running = process;
        if (running == null) {
            throw new IllegalStateException("The server is stopped; start() it first.");
        }
        return ProcessHandle.of(running.pid()).stream()
                .flatMap(server -> Stream.concat(Stream.of(server), server.descendants()))
                .map(ProcessHandle::pid)
                .toList();
    }

    /** To the server and to the processes that it made for its connections. */
    void signal(String signal) {
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", "kill -s \"$@\" 2>/dev/null; true", "kill"));
        command.add(signal);
        pids().forEach(pid -> command.add(pid.toString()));
        try {
            Process sent = new ProcessBuilder(command).start();
            if (!sent.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("Tried to send SIG" + signal + " but kill did not end.");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Tried to send SIG" + signal + ".", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted while SIG" + signal + " was sent.", e);
        }
    }

    @Override
    public void close() {
        if (isAlive()) {
            signal("CONT");
        }
        stop();
        Folders.delete(folder);
    }
}
