package io.espalier.kernel.felix.configuration;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which configuration files there are. Editors and {@code cp} replace a file by deleting it and creating it anew; so a patient
 * look counts a file of the operator's as there for a while after it has gone. While the folder cannot be read, all is as it was
 * found last. Not safe for use by many threads.
 */
final class PresentFiles {
    private static final Logger LOG = LoggerFactory.getLogger(PresentFiles.class);

    private final ConfigurationFolders folders;
    private final LongSupplier nanos;
    private final Map<ConfigurationName, Long> goneSince = new HashMap<>();
    private Map<ConfigurationName, Path> present = new TreeMap<>();
    private @Nullable String unreadable;

    /**
     * Looks at nothing yet.
     *
     * @param nanos the time as {@link System#nanoTime} tells it
     */
    PresentFiles(ConfigurationFolders folders, LongSupplier nanos) {
        this.folders = requireNonNull(folders, "folders is null");
        this.nanos = requireNonNull(nanos, "nanos is null");
    }

    /** Creates the operator's folder; one that cannot be created is found missing by the next look. */
    void makeFolder() {
        try {
            Files.createDirectories(folders.own());
        } catch (IOException e) {
            LOG.debug("The folder {} cannot be created.", folders.own(), e);
        }
    }

    /** Looks again; a file of the operator's that has not been gone for so long counts as there. */
    void look(Duration patience) {
        Map<ConfigurationName, Path> found = new TreeMap<>();
        try {
            for (Path file : folders.files()) {
                ConfigurationName.of(file).ifPresent(name -> found.put(name, file));
            }
            unreadable = null;
        } catch (IOException | UncheckedIOException e) {
            if (unreadable == null) {
                unreadable = "The configuration folder " + folders.own() + " cannot be read (" + e
                        + "); bring it back and let the user of this process read and enter it. An empty one means defaults.";
                LOG.warn(unreadable);
            }
            return;
        }
        present.forEach((name, file) -> {
            if (folders.isOwn(file) && !file.equals(found.get(name)) && isRecent(name, patience)) {
                found.put(name, file);
            } else {
                goneSince.remove(name);
            }
        });
        present = found;
    }

    private boolean isRecent(ConfigurationName name, Duration patience) {
        long now = nanos.getAsLong();
        return now - goneSince.computeIfAbsent(name, any -> now) < patience.toNanos();
    }

    /** A file has been written since the last look. */
    void put(ConfigurationName name, Path file) {
        present.put(name, file);
        goneSince.remove(name);
    }

    /** Each with the file that counts, in the order of their names. */
    Map<ConfigurationName, Path> all() {
        return new TreeMap<>(present);
    }

    Set<ConfigurationName> names() {
        return Set.copyOf(present.keySet());
    }

    boolean has(ConfigurationName name) {
        return present.containsKey(name);
    }

    /** Why the folder could not be read at the last look, null if it could. */
    @Nullable
    String unreadable() {
        return unreadable;
    }
}
