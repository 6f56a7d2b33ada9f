package io.espalier.relay.node;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.NodeMessage.Condition;
import io.espalier.relay.spool.DiskSpace;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Tells the master what keeps this node from its work, once for each change and after every connect. Thread-safe. */
final class NodeCondition {
    private final Supplier<DiskSpace> disk;
    private final Consumer<Condition> master;
    private Condition said = Condition.WELL;
    private boolean diskLow;

    /**
     * All counts as well.
     *
     * @param disk the space of the disk that is watched; may take long, as where a mount is dead
     * @param master takes what is to be said; what is said while there is no link may be lost
     */
    NodeCondition(Supplier<DiskSpace> disk, Consumer<Condition> master) {
        this.disk = requireNonNull(disk, "disk is null");
        this.master = requireNonNull(master, "master is null");
    }

    /** Looks at the disk, and says what is not as it was. */
    void look(String registryProblem) {
        // Without the lock, which the link's thread needs after every connect.
        DiskSpace space = disk.get();
        synchronized (this) {
            Condition now = new Condition(registryProblem, words(space));
            if (!now.equals(said)) {
                said = now;
                master.accept(now);
            }
        }
    }

    /** A new link to the master knows nothing. */
    synchronized void sayAgain() {
        master.accept(said);
    }

    /** Whether the disk is nearly full by this and the looks before: the same for all who ask, so that none says now this, now that. */
    synchronized boolean isDiskLow(DiskSpace space) {
        diskLow = diskLow ? !space.isWellAgain() : space.isLow();
        return diskLow;
    }

    /** In the words of the moment in which it became low, else each look would be a change. */
    private String words(DiskSpace space) {
        if (!isDiskLow(space)) {
            return "";
        }
        return said.disk().isEmpty() ? StatusText.disk(space) : said.disk();
    }
}
