package io.espalier.kernel.felix.configuration;

import static java.util.Objects.requireNonNull;

import io.espalier.files.DurableFiles;
import io.espalier.kernel.config.ConfigCheck;
import io.espalier.kernel.config.EnvironmentOverrides;
import io.espalier.kernel.suggest.Suggestion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.service.cm.ConfigurationAdmin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps Configuration Admin as the files {@code etc/<pid>.json} and those of the profile say: each is checked against what
 * plug-ins declare; one that fails its check leaves the last good values in force, those of an earlier run too; a deleted file
 * takes its configuration away.
 * The files are the only truth, together with the environment variables that win over them: what else an earlier run left in
 * Configuration Admin is removed. Safe for use by many threads.
 */
public final class ConfigurationFiles {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigurationFiles.class);

    /** An empty file this young, in milliseconds, is one that is just being written in place. */
    private static final long HALF_WRITTEN = 1000;

    /** What stands for the file of a configuration that only environment variables set. */
    private static final String NO_FILE = "{}";

    private final ConfigurationFolders folders;
    private final LastGoodFiles lastGood;
    private final ConfigurationEdit edit;
    private final Schemas schemas;
    private final EnvironmentOverrides environment;
    private final Map<ConfigurationName, Entry> entries = new TreeMap<>();
    private @Nullable ConfigurationSink sink;
    private @Nullable Runnable listener;
    private @Nullable String unreadable;

    /**
     * One file.
     *
     * @param text as read last, null if it cannot be read
     * @param now what the check made of that text
     * @param good the last that passed a check, null if none did
     */
    private record Entry(
            @Nullable String text,
            CheckedFile now,
            @Nullable GoodForm good) {
        boolean holds(String other) {
            return other.equals(text);
        }

        boolean rejected() {
            return !now.problems().isEmpty();
        }
    }

    /**
     * Reads nothing yet.
     *
     * @param lastGood the folder where the last good form of each file is remembered
     */
    public ConfigurationFiles(
            ConfigurationFolders folders, Path lastGood, Schemas schemas, EnvironmentOverrides environment) {
        this.folders = requireNonNull(folders, "folders is null");
        this.lastGood = new LastGoodFiles(lastGood);
        this.schemas = requireNonNull(schemas, "schemas is null");
        this.environment = requireNonNull(environment, "environment is null");
        this.edit = new ConfigurationEdit(folders, schemas, environment);
        DurableFiles.removeLeftovers(folders.own());
    }

    /** From now on configurations go to the given Configuration Admin; begins with all files there are. */
    public synchronized void connect(ConfigurationAdmin admin) {
        connect(new AdminSink(admin));
    }

    synchronized void connect(ConfigurationSink target) {
        sink = target;
        readAll();
        target.retain(new HashSet<>(entries.keySet()));
        if (unreadable == null) {
            lastGood.retain(entries.keySet());
        }
    }

    /** Calls the listener from now on, on the thread that found it, when a file has become another or better or worse. */
    public synchronized void onChange(Runnable changed) {
        listener = requireNonNull(changed, "changed is null");
    }

    /** Reads what changed in the folders; cheap when nothing did. */
    public synchronized void readAll() {
        Set<ConfigurationName> gone = new HashSet<>(entries.keySet());
        for (Path file : files()) {
            ConfigurationName.of(file).ifPresent(name -> {
                gone.remove(name);
                readOne(name, file);
            });
        }
        readVariables(gone);
        gone.forEach(this::remove);
    }

    /** Variables also make a configuration that has no file. */
    private void readVariables(Set<ConfigurationName> withoutFile) {
        for (String pid : schemas.singlePids()) {
            ConfigurationName name = ConfigurationName.parse(pid);
            if (environment.touches(pid) && (withoutFile.remove(name) || !entries.containsKey(name))) {
                Entry known = entries.get(name);
                if (known == null || !known.holds(NO_FILE)) {
                    check(name, NO_FILE);
                }
            }
        }
    }

    /** Checks all again: what is declared has changed. */
    public synchronized void recheck() {
        Map.copyOf(entries).forEach((name, entry) -> {
            String text = entry.text();
            if (text == null) {
                judge(name, null, unreadable(name, entry.now().problems().get(0)));
            } else {
                check(name, text);
            }
        });
        readVariables(new HashSet<>());
    }

    /** Every configuration, by name. */
    public synchronized List<ConfigurationView> list() {
        return entries.entrySet().stream()
                .map(entry -> view(entry.getKey(), entry.getValue()))
                .toList();
    }

    /** What plug-ins declare and no file sets, with the defaults that are in force for it, by name. */
    public synchronized List<ConfigurationView> defaults() {
        return schemas.singlePids().stream()
                .sorted()
                .map(ConfigurationName::parse)
                .filter(name -> !entries.containsKey(name))
                .map(name -> new ConfigurationView(
                        name.toString(),
                        name.fileName(),
                        ConfigurationView.State.DEFAULTS,
                        CheckedFile.check(name, NO_FILE, schemas, environment).values(),
                        List.of()))
                .toList();
    }

    /** One sentence for everything that is wrong now. */
    public synchronized List<String> problems() {
        return Stream.concat(
                        Stream.ofNullable(unreadable),
                        entries.values().stream().flatMap(entry -> entry.now().problems().stream()))
                .toList();
    }

    /**
     * Whether a file is rejected that has not been right since the kernel was started, even when what an earlier run remembers
     * of it stands in.
     */
    public synchronized boolean rejectedSinceStart() {
        return unreadable != null
                || entries.values().stream().anyMatch(entry -> {
                    GoodForm good = entry.good();
                    return entry.rejected() && (good == null || good.restored());
                });
    }

    /**
     * Why the plug-in must not be started: one sentence for each of its files that is rejected while no earlier form of it is
     * known. On defaults it might do what the file forbids. Files of factories forbid nothing, they make no component.
     */
    public synchronized List<String> forbids(Bundle plugin) {
        List<String> reasons = new ArrayList<>();
        for (String pid : schemas.singlePids(plugin)) {
            Entry entry = entries.get(ConfigurationName.parse(pid));
            if (entry != null && entry.rejected() && entry.good() == null) {
                reasons.add("It is not started, since " + pid + ".json is rejected and no earlier form of it is known: "
                        + String.join(" ", entry.now().problems()));
            } else if (entry == null && unreadable != null) {
                reasons.add("It is not started, since its configuration is not known: " + unreadable);
            }
        }
        return reasons;
    }

    /**
     * One sentence for each environment variable that fits nothing that is declared or has a file. Meaningful once plug-ins
     * have been resolved.
     */
    public synchronized List<String> strangers() {
        Set<String> pids = new TreeSet<>(schemas.pids());
        entries.keySet().forEach(name -> pids.add(name.pid()));
        return environment.strangers(pids);
    }

    /**
     * One sentence for each file that nobody declares and whose name is much like one that somebody does. Meaningful once
     * plug-ins have been resolved. A file with no such likeness may belong to a plug-in that is not here.
     */
    public synchronized List<String> mistyped() {
        Collection<String> known = schemas.pids();
        return entries.entrySet().stream()
                .filter(entry -> !entry.getValue().now().declared())
                .map(Map.Entry::getKey)
                .filter(name -> Suggestion.nearest(name.pid(), known).isPresent())
                .map(name -> name.fileName() + ": " + ConfigCheck.unknownPid(name.pid(), known))
                .toList();
    }

    /**
     * Writes one key into the file in {@code etc/}, the others stay as they are there or in the profile; comments are lost.
     *
     * @return a sentence that says what is in force now, or will be
     * @throws IllegalArgumentException with all problems, when the result would not pass the check, or when nobody declares
     *     the PID and it has no file; nothing is written then
     */
    public synchronized String set(String configuration, String key, String value) throws IOException {
        ConfigurationEdit.Edited edited = edit.set(configuration, key, value);
        readOne(edited.name(), edited.file());
        return edited.name() + ": " + key + " = " + edited.shown() + effect(edited.name()) + edited.note();
    }

    private String effect(ConfigurationName name) {
        return schemas.isKernels(name.pid()) ? " takes effect at the next start" : " is in force";
    }

    private Collection<Path> files() {
        try {
            List<Path> found = List.copyOf(folders.files());
            unreadable = null;
            return found;
        } catch (IOException | UncheckedIOException e) {
            if (unreadable == null) {
                unreadable = "The configuration folder " + folders.own() + " cannot be read (" + e
                        + "); let the user of this process read it.";
                LOG.warn(unreadable);
            }
            return entries.keySet().stream()
                    .map(name -> folders.effective(name.fileName()))
                    .toList();
        }
    }

    private void readOne(ConfigurationName name, Path file) {
        try {
            String text = Files.readString(file);
            Entry known = entries.get(name);
            if (text.isBlank()
                    && (known != null || sink != null)
                    && Files.getLastModifiedTime(file).toMillis() > System.currentTimeMillis() - HALF_WRITTEN) {
                return;
            }
            if (known == null || !known.holds(text)) {
                check(name, text);
            }
        } catch (NoSuchFileException gone) {
            LOG.debug("{} went away while it was looked at; the next look tells.", file, gone);
        } catch (IOException e) {
            judge(
                    name,
                    null,
                    unreadable(
                            name,
                            "Tried to read " + file + " but: " + e
                                    + "; let the user of this process read it, and keep it in UTF-8."));
        }
    }

    private CheckedFile unreadable(ConfigurationName name, String sentence) {
        return CheckedFile.rejected(schemas.find(name.pid()).isPresent(), List.of(sentence));
    }

    private void check(ConfigurationName name, String text) {
        judge(name, text, CheckedFile.check(name, text, schemas, environment));
    }

    private void judge(ConfigurationName name, @Nullable String text, CheckedFile now) {
        Entry before = entries.get(name);
        GoodForm good = now.problems().isEmpty() ? new GoodForm(now, false) : lastGood(name, before, now);
        entries.put(name, new Entry(text, now, good));
        apply(name, good);
        if (now.problems().isEmpty() && now.declared() && text != null) {
            lastGood.keep(name, text);
        }
        if (before == null
                || !Objects.equals(before.text(), text)
                || !before.now().problems().equals(now.problems())
                || !GoodForm.words(before.good()).equals(GoodForm.words(good))) {
            report(name, now, good);
            tell();
        }
    }

    /** Values that went into force unchecked are not good any more once there is something to check them against. */
    private @Nullable GoodForm lastGood(ConfigurationName name, @Nullable Entry before, CheckedFile now) {
        GoodForm last = before == null ? null : before.good();
        if (last != null && (last.file().declared() || !now.declared())) {
            return last;
        }
        return lastGood.find(name)
                .map(text -> CheckedFile.check(name, text, schemas, environment))
                .filter(earlier -> earlier.declared() && earlier.problems().isEmpty())
                .map(earlier -> new GoodForm(earlier, true))
                .orElse(null);
    }

    private void apply(ConfigurationName name, @Nullable GoodForm values) {
        ConfigurationSink target = sink;
        if (target == null) {
            return;
        }
        if (values == null) {
            target.delete(name);
        } else {
            target.put(name, values.file().revealed());
        }
    }

    private void report(ConfigurationName name, CheckedFile now, @Nullable GoodForm good) {
        if (now.problems().isEmpty()) {
            LOG.info(
                    "Configuration {}{}{}.",
                    name,
                    // The kernel reads its own before there is a Configuration Admin, and never again.
                    sink == null ? " is in force" : effect(name),
                    now.declared() ? "" : ", unchecked: no plug-in declares it yet");
        } else {
            LOG.warn(
                    "Configuration {} is rejected; {}:\n  {}",
                    name,
                    GoodForm.words(good),
                    String.join("\n  ", now.problems()));
        }
    }

    private void tell() {
        Runnable changed = listener;
        if (changed != null) {
            changed.run();
        }
    }

    private void remove(ConfigurationName name) {
        entries.remove(name);
        lastGood.forget(name);
        ConfigurationSink target = sink;
        if (target != null) {
            target.delete(name);
        }
        LOG.info("Configuration {} is gone with its file.", name);
        tell();
    }

    private ConfigurationView view(ConfigurationName name, Entry entry) {
        List<String> notes = new ArrayList<>(entry.now().problems());
        ConfigurationView.State state = ConfigurationView.State.IN_FORCE;
        CheckedFile values = entry.now();
        if (!notes.isEmpty()) {
            state = ConfigurationView.State.REJECTED;
            GoodForm good = entry.good();
            values = good == null ? null : good.file();
        } else if (!entry.now().declared()) {
            state = ConfigurationView.State.UNDECLARED;
            notes.add(ConfigCheck.unknownPid(name.pid(), schemas.pids()));
        }
        return new ConfigurationView(
                name.toString(), name.fileName(), state, values == null ? Map.of() : values.values(), notes);
    }
}
