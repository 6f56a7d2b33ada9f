package io.espalier.relay.node;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.NodeMessage.Condition;
import io.espalier.relay.spool.DiskSpace;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Tells the master what keeps this node from its work, once for each change and after every connect. Thread-safe. */
final class NodeCondition {
    private final Path folder;
    private final Consumer<Condition> master;
    private Condition said = Condition.WELL;

    /**
     * All counts as well.
     *
     * @param folder on the disk that is watched
     * @param master takes what is to be said; what is said while there is no link may be lost
     */
    NodeCondition(Path folder, Consumer<Condition> master) {
        this.folder = requireNonNull(folder, "folder is null");
        this.master = requireNonNull(master, "master is null");
    }

    /** Looks at the disk, and says what is not as it was. */
    synchronized void look(String registryProblem) {
        Condition now = new Condition(registryProblem, disk(DiskSpace.of(folder)));
        if (!now.equals(said)) {
            said = now;
            master.accept(now);
        }
    }

    /** A new link to the master knows nothing. */
    synchronized void sayAgain() {
        master.accept(said);
    }

    /** In the words of the moment in which it became low, else each look would be a change. */
    private String disk(DiskSpace disk) {
        if (!disk.isLow()) {
            return "";
        }
        return said.disk().isEmpty() ? StatusText.disk(disk) : said.disk();
    }
}
