package io.espalier.kernel.fakes;

import io.espalier.kernel.plugin.Diagnosis;
import io.espalier.kernel.plugin.InstalledPlugin;
import io.espalier.kernel.plugin.PluginException;
import io.espalier.kernel.plugin.PluginException.Code;
import io.espalier.kernel.plugin.PluginId;
import io.espalier.kernel.plugin.PluginRuntime;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import org.jspecify.annotations.Nullable;

/** A module system by hand: reads real manifests, runs scripts in the place of activators, keeps a journal. */
public final class FakeRuntime implements PluginRuntime {
    /** What stands in the place of a plug-in's code. */
    public interface Script {
        void run() throws Exception;
    }

    private final List<String> journal = new CopyOnWriteArrayList<>();
    private final Map<String, Script> starts = new ConcurrentHashMap<>();
    private final Map<String, Script> stops = new ConcurrentHashMap<>();
    private final Map<String, Diagnosis> found = new ConcurrentHashMap<>();
    private final Map<String, Boolean> running = new ConcurrentHashMap<>();

    /** {@code start a}, {@code stop a}, {@code install a 1.0}, ... as they began. */
    public List<String> journal() {
        return List.copyOf(journal);
    }

    public long count(String entry) {
        return journal.stream().filter(entry::equals).count();
    }

    public FakeRuntime onStart(String name, Script script) {
        starts.put(name, script);
        return this;
    }

    public FakeRuntime onStop(String name, Script script) {
        stops.put(name, script);
        return this;
    }

    /** What a look at the plug-in finds, instead of whether it runs. */
    public FakeRuntime finds(String name, Diagnosis diagnosis) {
        found.put(name, diagnosis);
        return this;
    }

    public FakeRuntime findsTheTruth(String name) {
        found.remove(name);
        return this;
    }

    @Override
    public InstalledPlugin install(Path jar) throws PluginException {
        InstalledPlugin plugin = read(jar);
        journal.add("install " + plugin.id() + " " + plugin.version());
        running.put(plugin.id().name(), false);
        return plugin;
    }

    @Override
    public InstalledPlugin update(PluginId id, Path jar) throws PluginException {
        InstalledPlugin plugin = read(jar);
        journal.add("update " + plugin.id() + " " + plugin.version());
        return plugin;
    }

    @Override
    public void start(PluginId id) throws PluginException {
        journal.add("start " + id);
        run(id, starts.get(id.name()));
        running.put(id.name(), true);
    }

    @Override
    public void stop(PluginId id) throws PluginException {
        journal.add("stop " + id);
        running.put(id.name(), false);
        run(id, stops.get(id.name()));
    }

    @Override
    public Optional<ClassLoader> uninstall(PluginId id) {
        journal.add("uninstall " + id);
        running.remove(id.name());
        return Optional.of(new ClassLoader(null) {});
    }

    @Override
    public Diagnosis diagnose(PluginId id) {
        boolean runs = running.getOrDefault(id.name(), false);
        return found.getOrDefault(id.name(), runs ? new Diagnosis.Working() : new Diagnosis.Stopped());
    }

    private static void run(PluginId id, @Nullable Script script) throws PluginException {
        if (script == null) {
            return;
        }
        try {
            script.run();
        } catch (PluginException e) {
            throw e;
        } catch (Exception | Error e) {
            throw new PluginException(Code.THREW, "The activator of " + id + " threw " + e + "; mend it.", e);
        }
    }

    private static InstalledPlugin read(Path jar) throws PluginException {
        try (JarFile file = new JarFile(jar.toFile())) {
            Attributes main = file.getManifest().getMainAttributes();
            String name = main.getValue("Bundle-SymbolicName");
            if (name == null) {
                throw new PluginException(
                        Code.UNUSABLE_JAR, jar.getFileName() + " is no bundle: it has no Bundle-SymbolicName.", null);
            }
            return new InstalledPlugin(new PluginId(name), main.getValue("Bundle-Version"), null);
        } catch (IOException e) {
            throw new PluginException(Code.UNUSABLE_JAR, jar.getFileName() + " cannot be read.", e);
        }
    }
}
