package io.espalier.scenarios;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What stands in the committed files of a terminal, read by a reader that shares no code with the product. */
final class WrittenLines {
    private static final ObjectMapper JSON = new ObjectMapper();

    private WrittenLines() {}

    /** Text of each record to how many times it was written, over all committed files of the stream. */
    static Map<String, Integer> of(Path files, String stream) {
        Map<String, Integer> texts = new TreeMap<>();
        Path folder = files.resolve(stream);
        if (!Files.isDirectory(folder)) {
            return texts;
        }
        try (Stream<Path> parts = Files.list(folder)) {
            for (Path part : parts.filter(file -> file.toString().endsWith(".jsonl"))
                    .filter(file -> !file.getFileName().toString().startsWith("."))
                    .toList()) {
                try (Stream<String> lines = Files.lines(part)) {
                    lines.forEach(line -> texts.merge(text(line), 1, Integer::sum));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return texts;
    }

    private static String text(String line) {
        try {
            JsonNode node = JSON.readTree(line);
            return node.hasNonNull("text")
                    ? node.get("text").asText()
                    : new String(Base64.getDecoder().decode(node.get("base64").asText()), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException("Not a line of docs/formats/files.md: " + line, e);
        }
    }

    /** Texts that were written more than once, with how often too many. */
    static Map<String, Integer> surplus(Map<String, Integer> texts) {
        Map<String, Integer> surplus = new LinkedHashMap<>();
        texts.forEach((text, times) -> {
            if (times > 1) {
                surplus.put(text, times - 1);
            }
        });
        return surplus;
    }
}
