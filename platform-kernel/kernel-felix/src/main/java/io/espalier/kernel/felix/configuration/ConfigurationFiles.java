package io.espalier.kernel.felix.configuration;

import static java.util.Objects.requireNonNull;

import io.espalier.files.DurableFiles;
import io.espalier.kernel.config.ConfigCheck;
import io.espalier.kernel.config.EnvironmentOverrides;
import io.espalier.kernel.suggest.Suggestion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.service.cm.ConfigurationAdmin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps Configuration Admin as the files {@code etc/<pid>.json} and those of the profile say: each is checked against what
 * plug-ins declare; one that fails its check leaves the last good values in force, those of an earlier run too; a deleted file
 * takes its configuration away, after a grace in which it may come back.
 * The files are the only truth, together with the environment variables that win over them: what else an earlier run left in
 * Configuration Admin is removed. Safe for use by many threads.
 */
public final class ConfigurationFiles {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigurationFiles.class);

    /** An empty file this young, in milliseconds, is one that is just being written in place. */
    private static final long HALF_WRITTEN = 1000;

    /** A file that comes back this soon was replaced and not deleted. */
    private static final Duration REPLACED = Duration.ofSeconds(5);

    /** What stands for the file of a configuration that only environment variables set. */
    private static final String NO_FILE = "{}";

    private final PresentFiles files;
    private final LastGoodFiles lastGood;
    private final ConfigurationEdit edit;
    private final Schemas schemas;
    private final EnvironmentOverrides environment;
    private final HeldReason held;
    private final Map<ConfigurationName, ConfigurationEntry> entries = new TreeMap<>();
    private @Nullable ConfigurationSink sink;
    private @Nullable Runnable listener;

    /**
     * Reads nothing yet.
     *
     * @param lastGood the folder where the last good form of each file is remembered
     */
    public ConfigurationFiles(
            ConfigurationFolders folders, Path lastGood, Schemas schemas, EnvironmentOverrides environment) {
        this(folders, lastGood, schemas, environment, System::nanoTime);
    }

    ConfigurationFiles(
            ConfigurationFolders folders,
            Path lastGood,
            Schemas schemas,
            EnvironmentOverrides environment,
            LongSupplier nanos) {
        this.files = new PresentFiles(folders, nanos);
        this.lastGood = new LastGoodFiles(lastGood);
        this.schemas = requireNonNull(schemas, "schemas is null");
        this.environment = requireNonNull(environment, "environment is null");
        this.held = new HeldReason(schemas, environment);
        this.edit = new ConfigurationEdit(folders, schemas, environment);
        DurableFiles.removeLeftovers(folders.own());
    }

    /** Creates the operator's folder on a home where no file was ever in force; where one was, its loss is for somebody to mend. */
    public synchronized void makeFolder() {
        if (lastGood.isEmpty()) {
            files.makeFolder();
        }
    }

    /** From now on configurations go to the given Configuration Admin; begins with all files there are. */
    public synchronized void connect(ConfigurationAdmin admin) {
        connect(new AdminSink(admin));
    }

    synchronized void connect(ConfigurationSink target) {
        sink = target;
        look();
        target.retain(new HashSet<>(entries.keySet()));
        if (files.unreadable() == null) {
            lastGood.retain(files.names());
        }
    }

    /** Calls the listener from now on, on the thread that found it, when a file has become another or better or worse. */
    public synchronized void onChange(Runnable changed) {
        listener = requireNonNull(changed, "changed is null");
    }

    /** Reads what changed in the folders; cheap when nothing did. A file that is not there is gone. */
    public synchronized void readAll() {
        look(Duration.ZERO);
    }

    /** As {@link #readAll}, but leaves all as it is for five seconds when a file of the operator's is gone: it may come back. */
    public synchronized void look() {
        look(REPLACED);
    }

    private void look(Duration patience) {
        String before = files.unreadable();
        Set<ConfigurationName> gone = new HashSet<>(entries.keySet());
        gone.addAll(files.names());
        files.look(patience);
        files.all().forEach(this::readOne);
        readVariables();
        if (files.unreadable() == null) {
            gone.removeAll(files.names());
            gone.removeAll(madeByVariables());
            gone.forEach(this::remove);
        }
        if (!Objects.equals(before, files.unreadable())) {
            tell();
        }
    }

    private void readVariables() {
        for (ConfigurationName name : madeByVariables()) {
            ConfigurationEntry known = entries.get(name);
            if (known == null || known.file() != null) {
                check(name, null, NO_FILE);
            }
        }
    }

    /** Variables also make a configuration that has no file. Whether it has none is not known of an unreadable folder. */
    private Set<ConfigurationName> madeByVariables() {
        return schemas.singlePids().stream()
                .filter(environment::touches)
                .filter(pid -> files.unreadable() == null || schemas.isKernels(pid))
                .map(ConfigurationName::parse)
                .filter(name -> !files.has(name))
                .collect(Collectors.toSet());
    }

    /** Checks all again: what is declared has changed. */
    public synchronized void recheck() {
        Map.copyOf(entries).forEach((name, entry) -> {
            String text = entry.text();
            if (text == null) {
                judge(
                        name,
                        entry.file(),
                        null,
                        rejected(name, entry.now().problems().get(0)));
            } else {
                check(name, entry.file(), text);
            }
        });
        readVariables();
    }

    /** Every configuration, by name. */
    public synchronized List<ConfigurationView> list() {
        return entries.entrySet().stream()
                .map(entry -> entry.getValue().view(entry.getKey(), schemas))
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
                        Stream.ofNullable(files.unreadable()),
                        entries.values().stream().flatMap(entry -> entry.now().problems().stream()))
                .toList();
    }

    /**
     * Whether a file is rejected that has not been right since the kernel was started, even when what an earlier run remembers
     * of it stands in.
     */
    public synchronized boolean rejectedSinceStart() {
        return files.unreadable() != null
                || entries.values().stream().anyMatch(entry -> {
                    GoodForm good = entry.good();
                    return entry.rejected() && (good == null || good.restored());
                });
    }

    /**
     * Why the plug-in must not be started: one sentence for each of its configurations that is rejected while no earlier form of
     * it is known to be right. On defaults it might do what the file forbids. Files of factories forbid nothing, they make no
     * component.
     */
    public synchronized List<String> forbids(Bundle plugin) {
        return schemas.singlePids(plugin).stream()
                .map(ConfigurationName::parse)
                .flatMap(name -> forbids(name).stream())
                .toList();
    }

    private Optional<String> forbids(ConfigurationName name) {
        ConfigurationEntry entry = entries.get(name);
        String unreadable = files.unreadable();
        if (entry != null) {
            return entry.rejected() && entry.good() == null
                    ? Optional.of(held.rejected(name, entry.file() != null, entry.text(), entry.now()))
                    : Optional.empty();
        }
        if (unreadable != null) {
            return Optional.of(HeldReason.unknown(unreadable));
        }
        return files.has(name) ? Optional.of(HeldReason.unfinished(name)) : Optional.empty();
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
        files.put(edited.name(), edited.file());
        readOne(edited.name(), edited.file());
        return edited.name() + ": " + key + " = " + edited.shown() + effect(edited.name()) + edited.note();
    }

    private String effect(ConfigurationName name) {
        return schemas.isKernels(name.pid()) ? " takes effect at the next start" : " is in force";
    }

    private void readOne(ConfigurationName name, Path file) {
        try {
            String text = Files.readString(file);
            ConfigurationEntry known = entries.get(name);
            if (text.isBlank()
                    && (known != null || sink != null)
                    && Files.getLastModifiedTime(file).toMillis() > System.currentTimeMillis() - HALF_WRITTEN) {
                return;
            }
            if (known == null || !known.holds(file, text)) {
                check(name, file, text);
            }
        } catch (NoSuchFileException gone) {
            if (entries.containsKey(name)) {
                LOG.debug("{} is not there; a later look tells whether it was deleted.", file, gone);
            } else {
                unreadable(
                        name, file, file + " went away while it was looked at; a later look tells whether for good.");
            }
        } catch (IOException e) {
            unreadable(
                    name,
                    file,
                    "Tried to read " + file + " but: " + e
                            + "; let the user of this process read it, and keep it in UTF-8.");
        }
    }

    private void unreadable(ConfigurationName name, Path file, String sentence) {
        ConfigurationEntry known = entries.get(name);
        if (known == null || !known.isUnreadable(sentence)) {
            judge(name, file, null, rejected(name, sentence));
        }
    }

    private CheckedFile rejected(ConfigurationName name, String sentence) {
        return CheckedFile.rejected(schemas.find(name.pid()).isPresent(), List.of(sentence));
    }

    private void check(ConfigurationName name, @Nullable Path file, String text) {
        judge(name, file, text, CheckedFile.check(name, text, schemas, environment));
    }

    private void judge(ConfigurationName name, @Nullable Path file, @Nullable String text, CheckedFile now) {
        ConfigurationEntry before = entries.get(name);
        if (file == null && files.unreadable() == null) {
            lastGood.forget(name);
        }
        GoodForm fresh = text != null && now.problems().isEmpty() ? new GoodForm(now, text, false) : null;
        GoodForm good = fresh == null ? lastGood(name, before, now) : fresh;
        entries.put(name, new ConfigurationEntry(file, text, now, good));
        apply(name, good);
        if (fresh != null && now.declared() && file != null) {
            lastGood.keep(name, fresh.text());
        }
        if (before == null
                || !Objects.equals(before.text(), text)
                || !before.now().problems().equals(now.problems())
                || !GoodForm.words(before.good()).equals(GoodForm.words(good))) {
            // The kernel reads its own before there is a Configuration Admin, and never again.
            now.report(name, sink == null ? " is in force" : effect(name), good);
            tell();
        }
    }

    /** What was good once must be so by what is declared now: a new version of the plug-in may declare other keys. */
    private @Nullable GoodForm lastGood(ConfigurationName name, @Nullable ConfigurationEntry before, CheckedFile now) {
        GoodForm last = before == null ? null : before.good();
        if (last != null && !now.declared()) {
            return last;
        }
        return Stream.concat(
                        Stream.ofNullable(last).map(form -> again(name, form.text(), form.restored())),
                        lastGood.find(name).map(text -> again(name, text, true)).stream())
                .filter(form -> form.file().declared() && form.file().problems().isEmpty())
                .findFirst()
                .orElse(null);
    }

    private GoodForm again(ConfigurationName name, String text, boolean restored) {
        return new GoodForm(CheckedFile.check(name, text, schemas, environment), text, restored);
    }

    private void apply(ConfigurationName name, @Nullable GoodForm values) {
        ConfigurationSink target = sink;
        if (target != null && values == null) {
            target.delete(name);
        } else if (target != null && values != null) {
            target.put(name, values.file().revealed());
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
        apply(name, null);
        LOG.info("Configuration {} is gone with its file.", name);
        tell();
    }
}
