package io.espalier.scenarios;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** Writes a log file the way a program under logrotate does; remembers every line. */
final class LogWriter {
    private final Path file;
    private final List<String> lines = new ArrayList<>();
    private int rotations;

    LogWriter(Path file) throws IOException {
        this.file = file;
        Files.createDirectories(file.getParent());
        Files.writeString(file, "");
    }

    void write(int count) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            String line = file.getFileName() + " line " + lines.size() + " of a log with some words in it";
            lines.add(line);
            text.append(line).append('\n');
        }
        Files.writeString(file, text, StandardCharsets.UTF_8, StandardOpenOption.APPEND);
    }

    /** Renames the file away and begins a new one. */
    void rotate() throws IOException {
        Files.move(file, file.resolveSibling(file.getFileName() + "." + ++rotations));
        Files.writeString(file, "");
    }

    List<String> lines() {
        return lines;
    }
}
