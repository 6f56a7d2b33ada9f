package io.espalier.kernel.deploy;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/**
 * Takes the jars of a drop folder. Calls return quickly; the futures complete normally, always, on any thread, and do not
 * wait for the plug-in's start.
 */
public interface DropTarget {
    /** Installs the jar, or puts it in the place of what came from the same file before. */
    CompletableFuture<Handover> deploy(DroppedJar jar);

    /** Removes what came from the file; refused when nothing did. */
    CompletableFuture<Handover> remove(Path jar);
}
