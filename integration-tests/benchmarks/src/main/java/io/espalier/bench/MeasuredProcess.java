package io.espalier.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** A program under measurement: its time to readiness and its resident memory with all descendants. */
final class MeasuredProcess implements AutoCloseable {
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Process process;
    private final long begin;
    private final Path output;

    private MeasuredProcess(Process process, long begin, Path output) {
        this.process = process;
        this.begin = begin;
        this.output = output;
    }

    static MeasuredProcess start(List<String> command, Map<String, String> environment, Path output)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        builder.environment().putAll(environment);
        long begin = System.nanoTime();
        return new MeasuredProcess(builder.start(), begin, output);
    }

    /** Asks every 2 ms; answers with the seconds since the start. */
    double awaitReady(Condition ready) throws IOException {
        while (!ready.holds()) {
            if (!process.isAlive() || System.nanoTime() - begin > LIMIT_NANOS) {
                throw new IOException("The program was not ready in time; its output:\n" + Files.readString(output));
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        }
        return (System.nanoTime() - begin) / 1e9;
    }

    /** Mebibytes of this process and all its descendants. */
    double residentMib() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants())
                        .mapToLong(handle -> residentKib(handle.pid()))
                        .sum()
                / 1024.0;
    }

    private static long residentKib(long pid) {
        try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .findFirst()
                    .orElse(0);
        } catch (IOException gone) {
            return 0;
        }
    }

    int awaitExit() throws InterruptedException, IOException {
        if (!process.waitFor(LIMIT_NANOS * 3, TimeUnit.NANOSECONDS)) {
            throw new IOException("The program did not end; its output:\n" + Files.readString(output));
        }
        return process.exitValue();
    }

    String output() throws IOException {
        return Files.readString(output);
    }

    /** Ends the program and its descendants, by force when asking does not help within 20 s. */
    @Override
    public void close() {
        List<ProcessHandle> descendants = process.descendants().toList();
        process.destroy();
        descendants.forEach(ProcessHandle::destroy);
        process.onExit().completeOnTimeout(process, 20, TimeUnit.SECONDS).join();
        descendants.forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().onExit().orTimeout(10, TimeUnit.SECONDS).join();
    }

    /** Something to wait for; an attempt that cannot connect yet answers false. */
    interface Condition {
        boolean holds();
    }
}
