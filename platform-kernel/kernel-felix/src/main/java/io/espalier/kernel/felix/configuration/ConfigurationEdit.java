package io.espalier.kernel.felix.configuration;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.espalier.files.DurableFiles;
import io.espalier.kernel.config.ConfigCheck;
import io.espalier.kernel.config.EnvironmentOverrides;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Writes one key into a configuration file of the operator's, after a check of the whole. */
final class ConfigurationEdit {
    private final ConfigurationFolders folders;
    private final Schemas schemas;
    private final EnvironmentOverrides environment;

    ConfigurationEdit(ConfigurationFolders folders, Schemas schemas, EnvironmentOverrides environment) {
        this.folders = requireNonNull(folders, "folders is null");
        this.schemas = requireNonNull(schemas, "schemas is null");
        this.environment = requireNonNull(environment, "environment is null");
    }

    /**
     * What was written.
     *
     * @param shown the value as a list may show it
     * @param note what to add to the sentence that tells of it
     */
    record Edited(ConfigurationName name, Path file, String shown, String note) {}

    /** As {@link ConfigurationFiles#set}. */
    Edited set(String configuration, String key, String value) throws IOException {
        ConfigurationName name = ConfigurationName.parse(configuration);
        refuseUnusable(configuration, name, key);
        Path file = folders.own().resolve(name.fileName());
        Path effective = folders.effective(name.fileName());
        refuseUnknown(name, effective);
        Map<String, Object> raw = read(effective);
        raw.put(key, literal(value));
        CheckedFile checked = CheckedFile.check(name, raw, schemas, environment);
        if (!checked.problems().isEmpty()) {
            throw new IllegalArgumentException(String.join("\n", checked.problems()));
        }
        raw.put(key, CheckedFile.json(checked.values().getOrDefault(key, raw.get(key))));
        write(file, FlatJson.write(raw));
        String shown = !value.isEmpty() && CheckedFile.isSecret(schemas, name.pid(), key) ? "***" : value;
        return new Edited(name, file, shown, note(name, checked));
    }

    private void refuseUnusable(String configuration, ConfigurationName name, String key) {
        if (!configuration.matches("[A-Za-z0-9._-]+(~[A-Za-z0-9._-]+)?")) {
            throw new IllegalArgumentException(
                    "'" + configuration + "' is no name of a configuration, such as stream.gateway.");
        }
        if (environment.sets(name.pid(), key)) {
            throw new IllegalArgumentException(key + " of " + name + " is set by the environment variable "
                    + EnvironmentOverrides.name(name.pid(), key)
                    + ", which wins over the file; change it there and restart the kernel.");
        }
    }

    /** A mistyped name would make a file that nobody reads. */
    private void refuseUnknown(ConfigurationName name, Path file) {
        if (schemas.find(name.pid()).isEmpty() && !Files.exists(file)) {
            throw new IllegalArgumentException(ConfigCheck.unknownPid(name.pid(), schemas.pids())
                    + " Nothing is written; for a plug-in that is yet to come, create " + name.fileName()
                    + " by hand.");
        }
    }

    private String note(ConfigurationName name, CheckedFile checked) {
        return checked.declared() ? "." : ", unchecked. " + ConfigCheck.unknownPid(name.pid(), schemas.pids());
    }

    private static Map<String, Object> read(Path file) throws IOException {
        try {
            return Files.exists(file) ? FlatJson.read(Files.readString(file)) : new TreeMap<>();
        } catch (FlatJson.Malformed e) {
            throw new IllegalArgumentException(
                    file.getFileName() + " is malformed: " + e.getMessage() + " Mend the file first.", e);
        }
    }

    /** A new file is its owner's alone, since it may hold a secret; what an operator has allowed for one that is there stays. */
    private static void write(Path file, String text) throws IOException {
        byte[] content = text.getBytes(UTF_8);
        if (Files.exists(file)) {
            DurableFiles.replace(file, content);
        } else {
            DurableFiles.replace(file, content, DurableFiles.OWNER_ONLY);
        }
    }

    /** Numbers and truth values keep their type where nothing is declared. */
    private static Object literal(String value) {
        if (value.equals("true") || value.equals("false")) {
            return Boolean.valueOf(value);
        }
        return value.matches("-?(0|[1-9]\\d{0,17})") ? (Object) Long.valueOf(value) : value;
    }
}
