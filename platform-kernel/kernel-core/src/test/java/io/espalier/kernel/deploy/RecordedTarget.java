package io.espalier.kernel.deploy;

import io.espalier.kernel.plugin.PluginId;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Takes every jar, or refuses those it was told to, and remembers. */
final class RecordedTarget implements DropTarget {
    private final List<String> journal = new CopyOnWriteArrayList<>();
    private final List<DroppedJar> jars = new CopyOnWriteArrayList<>();
    private final Map<String, String> refusals = new ConcurrentHashMap<>();

    List<String> journal() {
        return List.copyOf(journal);
    }

    List<DroppedJar> jars() {
        return List.copyOf(jars);
    }

    void refuse(String file, String reason) {
        refusals.put(file, reason);
    }

    void refuseNothing() {
        refusals.clear();
    }

    @Override
    public CompletableFuture<Handover> deploy(DroppedJar jar) {
        String name = jar.file().getFileName().toString();
        jars.add(jar);
        journal.add("deploy " + name);
        String reason = refusals.get(name);
        return CompletableFuture.completedFuture(
                reason == null ? new Handover.Taken(new PluginId(name)) : new Handover.Refused(reason));
    }

    @Override
    public CompletableFuture<Handover> remove(Path jar) {
        journal.add("remove " + jar.getFileName());
        return CompletableFuture.completedFuture(
                new Handover.Taken(new PluginId(jar.getFileName().toString())));
    }
}
