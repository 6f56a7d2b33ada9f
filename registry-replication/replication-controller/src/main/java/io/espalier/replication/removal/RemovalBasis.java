package io.espalier.replication.removal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.espalier.registry.name.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers in a file under which settings, and of which registry, the last complete look was: what another one finds gone may never have
 * been deleted. For one thread at a time.
 */
public final class RemovalBasis {
    private static final Logger LOG = LoggerFactory.getLogger(RemovalBasis.class);

    private final Path file;
    private final String present;
    private boolean changed;

    private RemovalBasis(Path file, String present) {
        this.file = file;
        this.present = present;
        this.changed = !present.equals(read(file));
    }

    /**
     * Compares with the last complete look's.
     *
     * @param basis all on which it depends what is seen
     */
    public static RemovalBasis open(Path file, String basis) {
        requireNonNull(file, "file is null");
        return new RemovalBasis(file, Digest.sha256(basis.getBytes(UTF_8)).toString());
    }

    private static String read(Path file) {
        try {
            return Files.isRegularFile(file) ? Files.readString(file, UTF_8).strip() : "";
        } catch (IOException e) {
            LOG.warn(
                    "The file {} cannot be read ({}), so what the first look finds gone is held.",
                    file,
                    e.getMessage());
            return "";
        }
    }

    /** Whether there was no complete look under these settings yet. */
    boolean isChanged() {
        return changed;
    }

    /** There was one. */
    void settle() {
        if (!changed) {
            return;
        }
        changed = false;
        Path parent = requireNonNull(file.toAbsolutePath().getParent(), "the file is in a folder");
        try {
            Files.createDirectories(parent);
            Path fresh = parent.resolve(file.getFileName() + ".new");
            Files.writeString(fresh, present + "\n", UTF_8);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.warn(
                    "The file {} cannot be written ({}), so what goes until the next start is held then.",
                    file,
                    e.getMessage());
        }
    }
}
