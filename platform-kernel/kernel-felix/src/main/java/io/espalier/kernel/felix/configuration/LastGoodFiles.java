package io.espalier.kernel.felix.configuration;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.espalier.files.DurableFiles;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers the text of each configuration file as it was when it last passed its check, so that a mistake that is there at the
 * next start of the kernel does not make a plug-in run on defaults. One file each, for its owner alone, since a configuration
 * may hold secrets. What cannot be read or written is logged and otherwise ignored. Not safe for use by many threads.
 */
final class LastGoodFiles {
    private static final Logger LOG = LoggerFactory.getLogger(LastGoodFiles.class);
    private static final String ANY = "*.json";

    private final Path folder;
    private final Map<ConfigurationName, String> known = new HashMap<>();

    /**
     * Opens the store.
     *
     * @param folder created when first needed
     */
    LastGoodFiles(Path folder) {
        this.folder = requireNonNull(folder, "folder is null");
        DurableFiles.removeLeftovers(folder);
    }

    /** Whether surely no file was ever good, or none that is not deleted by now. */
    boolean isEmpty() {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, ANY)) {
            return !files.iterator().hasNext();
        } catch (NoSuchFileException none) {
            return true;
        } catch (IOException | DirectoryIteratorException e) {
            LOG.warn("Tried to look through {} but: {}", folder, e.toString());
            return false;
        }
    }

    Optional<String> find(ConfigurationName name) {
        Path file = fileOf(name);
        try {
            return Optional.of(Files.readString(file));
        } catch (NoSuchFileException none) {
            return Optional.empty();
        } catch (IOException e) {
            LOG.warn("Tried to read the last good form of {} in {} but: {}", name, file, e.toString());
            return Optional.empty();
        }
    }

    /**
     * On disk when this returns; costs nothing when it is there already. One that could not be written is not tried again until
     * the text is another or the kernel starts again.
     */
    void keep(ConfigurationName name, String text) {
        if (text.equals(known.computeIfAbsent(name, any -> find(any).orElse("")))) {
            return;
        }
        known.put(name, text);
        try {
            DurableFiles.replace(fileOf(name), text.getBytes(UTF_8), DurableFiles.OWNER_ONLY);
        } catch (IOException e) {
            LOG.warn(
                    "Tried to remember that configuration {} is good but: {} A mistake in {} at the next start is not"
                            + " made good by this form then; mend the data folder.",
                    name,
                    e.getMessage(),
                    name.fileName());
        }
    }

    void forget(ConfigurationName name) {
        known.remove(name);
        delete(fileOf(name));
    }

    /** Forgets all others: their files were deleted while the kernel did not run, so defaults are what is wanted. */
    void retain(Set<ConfigurationName> wanted) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, ANY)) {
            for (Path file : files) {
                if (ConfigurationName.of(file)
                        .filter(name -> !wanted.contains(name))
                        .isPresent()) {
                    delete(file);
                }
            }
        } catch (NoSuchFileException none) {
            LOG.debug("Nothing is remembered in {}.", folder, none);
        } catch (IOException | DirectoryIteratorException e) {
            LOG.warn("Tried to look through {} but: {}", folder, e.toString());
        }
    }

    private void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("Tried to delete {} but: {} Delete it by hand.", file, e.toString());
        }
    }

    private Path fileOf(ConfigurationName name) {
        return folder.resolve(name.fileName());
    }
}
