package io.espalier.files;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A writer in a process of its own, so that it can be killed, or given limits. */
final class Child {
    private static final int LIMIT_S = 60;

    private Child() {}

    /** Replaces the file again and again; each content is of one byte value, and of this size. */
    static ProcessBuilder endless(Path file, int size) {
        return new ProcessBuilder(command("endless", file, size));
    }

    /** Does one thing, {@code replace} or {@code append}, in a process that may write files of 64 KiB at most. */
    static ProcessBuilder limited(String what, Path file, int size) {
        return new ProcessBuilder(Stream.concat(
                        Stream.of("bash", "-c", "ulimit -f 64 && exec \"$@\"", "limited"),
                        command(what, file, size).stream())
                .toList());
    }

    private static List<String> command(String what, Path file, int size) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:-UsePerfData",
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName(),
                what,
                file.toString(),
                Integer.toString(size));
    }

    /** What the process prints until it ends. */
    static String run(ProcessBuilder builder) throws Exception {
        Process process = builder.redirectErrorStream(true).start();
        try {
            String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
            if (!process.waitFor(LIMIT_S, TimeUnit.SECONDS)) {
                throw new AssertionError("The writer has not ended after " + LIMIT_S + " s.");
            }
            return printed;
        } finally {
            process.destroyForcibly();
        }
    }

    public static void main(String[] args) throws IOException {
        Path file = Path.of(args[1]);
        byte[] content = new byte[Integer.parseInt(args[2])];
        try {
            switch (args[0]) {
                case "replace" -> DurableFiles.replace(file, content);
                case "append" -> DurableFiles.append(file, content);
                default -> {
                    for (byte value = 0; ; value++) {
                        Arrays.fill(content, value);
                        DurableFiles.replace(file, content);
                    }
                }
            }
        } catch (IOException e) {
            System.out.println(e.getMessage());
        }
    }
}
