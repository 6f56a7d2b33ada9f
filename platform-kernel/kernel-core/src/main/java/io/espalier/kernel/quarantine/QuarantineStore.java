package io.espalier.kernel.quarantine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.espalier.files.DurableFiles;
import io.espalier.kernel.plugin.PluginId;
import io.espalier.kernel.plugin.PluginState;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.Properties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers quarantined plug-ins in one small file each, so that they survive even {@code kill -9}.
 *
 * <p>A file is replaced atomically and forced to disk. What cannot be read or written is logged and otherwise ignored:
 * losing a memory of a failure must not become a failure. Safe for use by many threads.
 */
public final class QuarantineStore {
    private static final Logger LOG = LoggerFactory.getLogger(QuarantineStore.class);

    private final Path folder;

    /**
     * Opens the store.
     *
     * @param folder for instance {@code data/quarantine}; created when first needed
     */
    public QuarantineStore(Path folder) {
        this.folder = requireNonNull(folder, "folder is null");
        DurableFiles.removeLeftovers(folder);
    }

    /** What is remembered of the plug-in; empty also when its file is damaged. */
    public Optional<QuarantineEntry> find(PluginId id) {
        Path file = fileOf(id);
        try {
            var properties = new Properties();
            properties.load(new StringReader(Files.readString(file)));
            return Optional.of(parse(id, properties));
        } catch (NoSuchFileException none) {
            return Optional.empty();
        } catch (IOException | IllegalArgumentException | DateTimeException damaged) {
            LOG.warn(
                    "Tried to read the quarantine file {} but it is damaged ({}); it is ignored, so {} starts as if it"
                            + " had never failed.",
                    file,
                    damaged.getMessage(),
                    id);
            return Optional.empty();
        }
    }

    /** Remembers the entry in place of an earlier one; on disk when this returns. */
    public synchronized void save(QuarantineEntry entry) {
        Path file = fileOf(entry.id());
        try {
            DurableFiles.replace(file, format(entry).getBytes(UTF_8));
        } catch (IOException e) {
            LOG.warn(
                    "Tried to remember in {} that {} is quarantined but failed: {}. Mend the folder, else the plug-in"
                            + " is started at once after a restart.",
                    file,
                    entry.id(),
                    e.toString());
        }
    }

    /** Forgets the plug-in; nothing happens when it is not remembered. */
    public synchronized void clear(PluginId id) {
        Path file = fileOf(id);
        try {
            if (Files.deleteIfExists(file)) {
                DurableFiles.forceFolder(folder);
            }
        } catch (IOException e) {
            LOG.warn(
                    "Tried to delete the quarantine file {} for good but failed: {}. Delete it by hand.",
                    file,
                    e.toString());
        }
    }

    /** Names of plug-ins are mostly plain; what is not becomes %XXXX, so that no name can leave the folder. */
    private Path fileOf(PluginId id) {
        var name = new StringBuilder();
        id.name().chars().forEach(c -> {
            boolean plain = (c < 128 && Character.isLetterOrDigit(c)) || c == '_' || c == '-' || c == '.';
            name.append(plain ? String.valueOf((char) c) : String.format("%%%04X", c));
        });
        return folder.resolve(name + ".properties");
    }

    private static String format(QuarantineEntry entry) throws IOException {
        var properties = new Properties();
        properties.setProperty("plugin", entry.id().name());
        properties.setProperty("cause", entry.cause().name());
        properties.setProperty("reason", entry.reason());
        properties.setProperty("attempts", Integer.toString(entry.attempts()));
        properties.setProperty("next-retry", entry.nextRetry().toString());
        properties.setProperty("jar-sha256", entry.jarDigest());
        var text = new StringWriter();
        properties.store(text, null);
        return text.toString();
    }

    private static QuarantineEntry parse(PluginId id, Properties properties) {
        String plugin = require(properties, "plugin");
        if (!plugin.equals(id.name())) {
            throw new IllegalArgumentException("it belongs to the plug-in '" + plugin + "'");
        }
        return new QuarantineEntry(
                id,
                PluginState.Cause.valueOf(require(properties, "cause")),
                require(properties, "reason"),
                Integer.parseInt(require(properties, "attempts")),
                Instant.parse(require(properties, "next-retry")),
                require(properties, "jar-sha256"));
    }

    private static String require(Properties properties, String key) {
        String value = properties.getProperty(key);
        if (value == null) {
            throw new IllegalArgumentException("the key '" + key + "' is missing");
        }
        return value;
    }
}
