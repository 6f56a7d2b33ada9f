package io.espalier.kernel.deploy;

import io.espalier.kernel.plugin.PluginEvent;
import io.espalier.kernel.plugin.PluginEvents;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The {@code x.jar.refused} files: one sentence and the time, beside the jar that they are about. */
final class RefusalNotes {
    private static final Logger LOG = LoggerFactory.getLogger(RefusalNotes.class);
    private static final String SUFFIX = ".refused";

    private final PluginEvents events;
    private final Map<Path, String> reasons = new ConcurrentSkipListMap<>();

    RefusalNotes(PluginEvents events) {
        this.events = events;
    }

    void write(Path jar, String reason) {
        Instant now = Instant.now();
        LOG.warn("The jar {} is refused: {}", jar, reason);
        reasons.put(jar, reason);
        Path note = noteOf(jar);
        try {
            Files.writeString(
                    note, now.truncatedTo(ChronoUnit.SECONDS) + " " + reason.replaceAll("\\s*\\R\\s*", " ") + "\n");
        } catch (IOException e) {
            LOG.warn("Tried to write {} but failed: {}.", note, e.toString());
        }
        try {
            events.on(new PluginEvent.JarRefused(jar, reason, now));
        } catch (RuntimeException e) {
            LOG.error("A listener to refused jars failed at {}.", jar, e);
        }
    }

    /** The jars that are refused now, each with its sentence; safe for use by many threads. */
    Map<Path, String> now() {
        return Map.copyOf(reasons);
    }

    void delete(Path jar) {
        reasons.remove(jar);
        Path note = noteOf(jar);
        try {
            Files.deleteIfExists(note);
        } catch (IOException e) {
            LOG.warn("Tried to delete {} but failed: {}. Delete it by hand.", note, e.toString());
        }
    }

    /** Deletes notes whose jar went away while nobody watched. */
    void tidy(Path folder) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.jar" + SUFFIX)) {
            for (Path note : files) {
                String name = note.getFileName().toString();
                Path jar = note.resolveSibling(name.substring(0, name.length() - SUFFIX.length()));
                if (Files.notExists(jar)) {
                    delete(jar);
                }
            }
        }
    }

    private static Path noteOf(Path jar) {
        return jar.resolveSibling(jar.getFileName() + SUFFIX);
    }
}
