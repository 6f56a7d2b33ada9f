package io.espalier.file.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.espalier.file.roll.PartName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** Reads visible files back. */
final class Lines {
    private Lines() {}

    /** One line's fields; those that are null in the file are missing. */
    record Line(Map<String, String> fields) {
        String get(String field) {
            return fields.getOrDefault(field, "");
        }

        long number(String field) {
            return Long.parseLong(get(field));
        }
    }

    /** All lines of all visible files below the folder; checks that each file holds no offset outside its name. */
    static List<Line> below(Path folder) {
        return files(folder).stream().flatMap(file -> of(file).stream()).toList();
    }

    /** Visible files only; files that the terminal renames meanwhile are no matter. */
    static List<Path> files(Path folder) {
        List<Path> found = new ArrayList<>();
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (PartName.parse(file.getFileName().toString()).isPresent()) {
                        found.add(file);
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException problem) throws IOException {
                    if (problem instanceof NoSuchFileException) {
                        return FileVisitResult.CONTINUE;
                    }
                    throw problem;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Collections.sort(found);
        return found;
    }

    private static List<Line> of(Path file) {
        PartName name = PartName.parse(file.getFileName().toString()).orElseThrow();
        try {
            List<Line> lines =
                    Files.readAllLines(file).stream().map(Lines::parse).toList();
            assertThat(lines).as("lines of %s", file).isNotEmpty().allSatisfy(line -> assertThat(line.number("offset"))
                    .isBetween(name.first(), name.last()));
            return lines;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Line parse(String text) {
        Map<String, String> fields = new HashMap<>();
        try (JsonParser parser = new JsonFactory().createParser(text)) {
            assertThat(parser.nextToken()).isEqualTo(JsonToken.START_OBJECT);
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                if (parser.nextToken() != JsonToken.VALUE_NULL) {
                    fields.put(name, parser.getText());
                }
            }
        } catch (IOException e) {
            throw new AssertionError("This line is no JSON: " + text, e);
        }
        return new Line(fields);
    }

    /** Every sequence from 0 up to {@code count} is there once and no other. */
    static void assertEachSequenceOnce(List<Line> lines, int count) {
        long[] found =
                lines.stream().mapToLong(line -> line.number("seq")).sorted().toArray();
        assertThat(found).isEqualTo(LongStream.range(0, count).toArray());
    }
}
