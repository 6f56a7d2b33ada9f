package io.espalier.kernel.launcher.boot;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The folders of one running kernel; all absolute.
 *
 * @param home the unpacked distribution: {@code lib}, {@code system}, {@code plugins}, {@code etc}, {@code deploy}
 * @param data state that must survive a restart
 * @param log log files
 * @param profile the name of the profile, a file {@code etc/profiles/<name>.json}
 */
public record Layout(Path home, Path data, Path log, String profile) {
    public Layout {
        requireNonNull(profile, "profile is null");
        home = home.toAbsolutePath().normalize();
        data = data.toAbsolutePath().normalize();
        log = log.toAbsolutePath().normalize();
    }

    /**
     * Checks the distribution and creates the folders that a start needs.
     *
     * @throws IOException with a sentence, when the home is no distribution, the profile is unknown or a folder cannot be made
     */
    public void prepare() throws IOException {
        if (!Files.isDirectory(system())) {
            throw new IOException("Tried to start from " + home + " but it has no system/ folder;"
                    + " give the folder of an unpacked distribution with -Despalier.home.");
        }
        if (!Files.isRegularFile(profileFile())) {
            throw new IOException("Tried to start profile '" + profile + "' but " + profileFile()
                    + " does not exist; the profiles are the *.json files of that folder.");
        }
        for (Path folder : new Path[] {data, log}) {
            try {
                Files.createDirectories(folder);
            } catch (IOException e) {
                throw new IOException(
                        "Tried to create the folder " + folder + " but the system refused (" + e
                                + "); make its parent writable or choose another with --data.",
                        e);
            }
        }
    }

    public Path etc() {
        return home.resolve("etc");
    }

    public Path system() {
        return home.resolve("system");
    }

    public Path profileFile() {
        return etc().resolve("profiles").resolve(profile + ".json");
    }

    /** Where the kernel listens for commands (docs/formats/control-socket.md). */
    public Path controlSocket() {
        return data.resolve("kernel.sock");
    }

    /** The framework properties by which bundles find the folders. */
    public Map<String, String> frameworkProperties() {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("espalier.home", home.toString());
        properties.put("espalier.etc", etc().toString());
        properties.put("espalier.data", data.toString());
        properties.put("espalier.log", log.toString());
        properties.put("espalier.plugins", home.resolve("plugins").toString());
        properties.put("espalier.deploy", home.resolve("deploy").toString());
        properties.put("espalier.profile", profileFile().toString());
        return properties;
    }
}
