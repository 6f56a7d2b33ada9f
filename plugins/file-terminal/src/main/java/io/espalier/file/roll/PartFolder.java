package io.espalier.file.roll;

import io.espalier.files.DurableFiles;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The folder of one stream. The names of its visible files are the one account of what is written: no other state is kept.
 *
 * <p>A topic that was deleted and created anew counts its offsets from 0 again, so its files would clash with the old ones;
 * they go to a subfolder {@code topic-2}, {@code topic-3} and so on. The highest one is the current one.
 */
public final class PartFolder {
    private final Path streamFolder;
    private int topicGeneration;

    private PartFolder(Path streamFolder, int topicGeneration) {
        this.streamFolder = streamFolder;
        this.topicGeneration = topicGeneration;
    }

    /** Opens the folder, created if need be. */
    public static PartFolder open(Path streamFolder) throws IOException {
        Files.createDirectories(streamFolder);
        int generation = 1;
        while (Files.isDirectory(subfolder(streamFolder, generation + 1))) {
            generation++;
        }
        return new PartFolder(streamFolder, generation);
    }

    private static Path subfolder(Path streamFolder, int generation) {
        return generation == 1 ? streamFolder : streamFolder.resolve("topic-" + generation);
    }

    /** Where files are written now. */
    public Path current() {
        return subfolder(streamFolder, topicGeneration);
    }

    /** Goes on in a new subfolder, for a topic that counts from 0 again. */
    public void startNewTopic() throws IOException {
        Files.createDirectories(subfolder(streamFolder, topicGeneration + 1));
        DurableFiles.forceFolder(streamFolder);
        topicGeneration++;
    }

    /** Deletes what is still in flight and reads from the names of the visible files how far they go. */
    public Recovered recover() throws IOException {
        Map<Integer, List<PartName>> parts = new TreeMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(current())) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                if (PartName.isInFlight(name)) {
                    Files.delete(file);
                }
                Optional<PartName> part = PartName.parse(name);
                part.ifPresent(p -> parts.computeIfAbsent(p.partition(), k -> new ArrayList<>())
                        .add(p));
            }
        } catch (java.nio.file.DirectoryIteratorException e) {
            throw e.getCause();
        }
        Map<Integer, Long> positions = new TreeMap<>();
        List<String> findings = new ArrayList<>();
        parts.forEach((partition, names) -> positions.put(partition, check(names, findings)));
        return new Recovered(positions, findings);
    }

    /** Finds gaps and overlaps, and returns the offset after the last. */
    private static long check(List<PartName> names, List<String> findings) {
        names.sort(Comparator.comparingLong(PartName::first));
        long next = names.get(0).first();
        for (PartName name : names) {
            if (name.first() > next) {
                findings.add("offsets " + next + " to " + (name.first() - 1) + " of partition " + name.partition()
                        + " are in no file before " + name);
            } else if (name.first() < next) {
                findings.add("offsets " + name.first() + " to " + (Math.min(next, name.last() + 1) - 1)
                        + " of partition " + name.partition() + " are in " + name + " and in a file before it");
            }
            next = Math.max(next, name.last() + 1);
        }
        return next;
    }

    /**
     * What the visible files say.
     *
     * @param positions partition to the next offset to be written; partitions without files are missing
     * @param findings parts of sentences about offsets that are in no file, or in two
     */
    public record Recovered(Map<Integer, Long> positions, List<String> findings) {
        public Recovered {
            positions = Map.copyOf(positions);
            findings = List.copyOf(findings);
        }
    }
}
