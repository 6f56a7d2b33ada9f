package io.espalier.relay.spool;

import static java.util.Objects.requireNonNull;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Book-keeping of a file of the spool; guarded by the spool. */
final class SpoolEntry {
    final BlobFile file;
    int holds;
    /** The blob is in the node's registry. */
    boolean committed;

    long lastUse;

    SpoolEntry(BlobFile file, long lastUse) {
        this.file = requireNonNull(file, "file is null");
        this.lastUse = lastUse;
    }

    boolean goesBefore(SpoolEntry other) {
        return committed != other.committed ? committed : lastUse < other.lastUse;
    }

    /** The one that goes first among those that nobody holds. */
    static @Nullable SpoolEntry unheld(Collection<SpoolEntry> entries) {
        return entries.stream()
                .filter(entry -> entry.holds == 0)
                .reduce((one, other) -> one.goesBefore(other) ? one : other)
                .orElse(null);
    }

    /**
     * The one that goes first when the disk is full: one that is in the registry, else one that an earlier run left, that nobody has
     * asked for since and nobody needs. What this run has got of a blob that is on its way stays, else two transfers would throw
     * away each other's bytes for ever.
     *
     * @param unneeded digests of those that nobody needs
     */
    static @Nullable SpoolEntry finished(Collection<SpoolEntry> entries, Set<String> unneeded) {
        return unheld(entries.stream()
                .filter(entry -> entry.committed
                        || (entry.isLeft()
                                && unneeded.contains(entry.file.name().digest())))
                .toList());
    }

    /** Digests of what an earlier run left and nobody has asked for since. */
    static List<String> left(Collection<SpoolEntry> entries) {
        return entries.stream()
                .filter(entry -> !entry.committed && entry.isLeft())
                .map(entry -> entry.file.name().digest())
                .toList();
    }

    private boolean isLeft() {
        return holds == 0 && !file.isChecked();
    }
}
