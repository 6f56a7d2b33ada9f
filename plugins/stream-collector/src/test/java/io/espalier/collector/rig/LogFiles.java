package io.espalier.collector.rig;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** Writes logs as programs do. */
public final class LogFiles {
    private LogFiles() {}

    /** Lines that tell where they belong: {@code <name> <from>} to {@code <name> <to - 1>}. */
    public static List<String> lines(String name, int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> name + " " + i).toList();
    }

    public static void append(Path file, List<String> lines) throws IOException {
        appendText(file, String.join("\n", lines) + "\n");
    }

    public static void appendText(Path file, String text) throws IOException {
        Files.write(file, text.getBytes(ISO_8859_1), CREATE, APPEND);
    }

    /** As {@code logrotate} does it: file.1 becomes file.2, the file becomes file.1. */
    public static void rotate(Path file) throws IOException {
        for (int i = 999; i >= 1; i--) {
            Path old = file.resolveSibling(file.getFileName() + "." + i);
            if (Files.exists(old)) {
                Files.move(old, file.resolveSibling(file.getFileName() + "." + (i + 1)));
            }
        }
        Files.move(file, file.resolveSibling(file.getFileName() + ".1"));
    }
}
