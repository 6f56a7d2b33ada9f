package io.espalier.kernel.felix.configuration;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Where configuration files stand: the operator's folder {@code etc/} and below it the folder of the profile, {@code
 * etc/profiles/NAME/}, with what the profile brings along. A file of the operator stands for the whole file of the same name
 * in the profile.
 *
 * @param own the operator's, which alone is ever written
 * @param profile that of the profile; need not exist
 */
public record ConfigurationFolders(Path own, Optional<Path> profile) {
    public ConfigurationFolders {
        requireNonNull(own, "own is null");
        requireNonNull(profile, "profile is null");
    }

    /** The folder whose profile file is {@code NAME.json} beside it. */
    public static ConfigurationFolders of(Path own, Optional<Path> profileFile) {
        return new ConfigurationFolders(
                own,
                profileFile.map(file ->
                        file.resolveSibling(file.getFileName().toString().replaceFirst("\\.json$", ""))));
    }

    /** The file that counts; the operator's if neither is there. */
    Path effective(String fileName) {
        Path mine = own.resolve(fileName);
        return Files.exists(mine)
                ? mine
                : profile.map(folder -> folder.resolve(fileName))
                        .filter(Files::exists)
                        .orElse(mine);
    }

    /** Whether it is the operator's and not the profile's. */
    boolean isOwn(Path file) {
        return own.equals(file.getParent());
    }

    /**
     * All files that count, in the order of their names.
     *
     * @throws IOException also when the operator's folder is not there: that says nothing about what is configured
     */
    Collection<Path> files() throws IOException {
        Map<String, Path> byName = new TreeMap<>();
        if (profile.isPresent() && isFolder(profile.get())) {
            collect(profile.get(), byName);
        }
        collect(own, byName);
        return byName.values();
    }

    /** @throws IOException when that cannot be told, as below a folder that may be listed but not entered */
    private static boolean isFolder(Path folder) throws IOException {
        try {
            return Files.readAttributes(folder, BasicFileAttributes.class).isDirectory();
        } catch (NoSuchFileException none) {
            return false;
        }
    }

    private static void collect(Path folder, Map<String, Path> byName) throws IOException {
        try (Stream<Path> found = Files.list(folder)) {
            found.filter(ConfigurationFolders::mayBeAFile)
                    .forEach(file -> byName.put(file.getFileName().toString(), file));
        }
    }

    /** One that cannot be looked at counts as a file: that it is left out would put defaults into force. */
    private static boolean mayBeAFile(Path entry) {
        try {
            return Files.readAttributes(entry, BasicFileAttributes.class).isRegularFile();
        } catch (NoSuchFileException gone) {
            return false;
        } catch (IOException hidden) {
            return true;
        }
    }
}
