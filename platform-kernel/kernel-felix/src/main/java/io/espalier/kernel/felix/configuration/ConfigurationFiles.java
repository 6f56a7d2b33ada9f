package io.espalier.kernel.felix.configuration;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.espalier.files.DurableFiles;
import io.espalier.kernel.config.ConfigCheck;
import io.espalier.kernel.config.EnvironmentOverrides;
import io.espalier.kernel.suggest.Suggestion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.osgi.service.cm.ConfigurationAdmin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps Configuration Admin as the files {@code etc/<pid>.json} and those of the profile say: each is checked against what
 * plug-ins declare; one that fails its check leaves the last good values in force; a deleted file takes its configuration away.
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
    private final Schemas schemas;
    private final EnvironmentOverrides environment;
    private final Map<ConfigurationName, Entry> entries = new TreeMap<>();
    private @Nullable ConfigurationSink sink;

    /**
     * One file.
     *
     * @param text as read last
     * @param now what the check made of that text
     * @param good the last that passed a check, null if none did
     */
    private record Entry(
            String text, CheckedFile now, @Nullable CheckedFile good) {}

    public ConfigurationFiles(ConfigurationFolders folders, Schemas schemas, EnvironmentOverrides environment) {
        this.folders = requireNonNull(folders, "folders is null");
        this.schemas = requireNonNull(schemas, "schemas is null");
        this.environment = requireNonNull(environment, "environment is null");
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
                if (known == null || !known.text().equals(NO_FILE)) {
                    check(name, NO_FILE);
                }
            }
        }
    }

    /** Checks all again: what is declared has changed. */
    public synchronized void recheck() {
        Map.copyOf(entries).forEach((name, entry) -> check(name, entry.text()));
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
        return entries.values().stream()
                .flatMap(entry -> entry.now().problems().stream())
                .toList();
    }

    /** Whether a file was rejected and no earlier form of it is in force, so that its plug-in runs on defaults. */
    public synchronized boolean defaultsStandIn() {
        return entries.values().stream()
                .anyMatch(entry -> !entry.now().problems().isEmpty() && entry.good() == null);
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
        ConfigurationName name = ConfigurationName.parse(configuration);
        if (!configuration.matches("[A-Za-z0-9._-]+(~[A-Za-z0-9._-]+)?")) {
            throw new IllegalArgumentException(
                    "'" + configuration + "' is no name of a configuration, such as stream.gateway.");
        }
        if (environment.sets(name.pid(), key)) {
            throw new IllegalArgumentException(key + " of " + name + " is set by the environment variable "
                    + EnvironmentOverrides.name(name.pid(), key)
                    + ", which wins over the file; change it there and restart the kernel.");
        }
        Path file = folders.own().resolve(name.fileName());
        Path effective = folders.effective(name.fileName());
        refuseUnknown(name, effective);
        Map<String, Object> raw = read(effective);
        raw.put(key, literal(value));
        CheckedFile checked = CheckedFile.check(name, raw, schemas, environment);
        if (!checked.problems().isEmpty()) {
            throw new IllegalArgumentException(String.join("\n", checked.problems()));
        }
        raw.put(key, CheckedFile.json(checked.values().getOrDefault(key, raw.get(key))));
        write(file, FlatJson.write(raw));
        readOne(name, file);
        return name + ": " + key + " = " + shown(name, key, value) + effect(name) + note(name, checked);
    }

    /** A new file is its owner's alone, since it may hold a secret; what an operator has allowed for one that is there stays. */
    private static void write(Path file, String text) throws IOException {
        byte[] content = text.getBytes(UTF_8);
        if (Files.exists(file)) {
            DurableFiles.replace(file, content);
        } else {
            DurableFiles.replace(file, content, DurableFiles.OWNER_ONLY);
        }
    }

    private String effect(ConfigurationName name) {
        return schemas.isKernels(name.pid()) ? " takes effect at the next start" : " is in force";
    }

    /** A mistyped name would make a file that nobody reads. */
    private void refuseUnknown(ConfigurationName name, Path file) {
        if (schemas.find(name.pid()).isEmpty() && !Files.exists(file)) {
            throw new IllegalArgumentException(ConfigCheck.unknownPid(name.pid(), schemas.pids())
                    + " Nothing is written; for a plug-in that is yet to come, create " + name.fileName()
                    + " by hand.");
        }
    }

    private String note(ConfigurationName name, CheckedFile checked) {
        return checked.declared() ? "." : ", unchecked. " + ConfigCheck.unknownPid(name.pid(), schemas.pids());
    }

    private String shown(ConfigurationName name, String key, String value) {
        return !value.isEmpty() && CheckedFile.isSecret(schemas, name.pid(), key) ? "***" : value;
    }

    private static Map<String, Object> read(Path file) throws IOException {
        try {
            return Files.exists(file) ? FlatJson.read(Files.readString(file)) : new TreeMap<>();
        } catch (FlatJson.Malformed e) {
            throw new IllegalArgumentException(
                    file.getFileName() + " is malformed: " + e.getMessage() + " Mend the file first.", e);
        }
    }

    /** Numbers and truth values keep their type where nothing is declared. */
    private static Object literal(String value) {
        if (value.equals("true") || value.equals("false")) {
            return Boolean.valueOf(value);
        }
        return value.matches("-?(0|[1-9]\\d{0,17})") ? (Object) Long.valueOf(value) : value;
    }

    private Collection<Path> files() {
        try {
            return folders.files();
        } catch (IOException e) {
            LOG.warn("The configuration folder {} cannot be read: {}", folders.own(), e.toString());
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
                    && Files.getLastModifiedTime(file).toMillis() > System.currentTimeMillis() - HALF_WRITTEN) {
                return;
            }
            if (known == null || !known.text().equals(text)) {
                check(name, text);
            }
        } catch (IOException e) {
            LOG.warn("Tried to read {} but: {}; what was in force still is.", file, e.toString());
        }
    }

    private void check(ConfigurationName name, String text) {
        Entry before = entries.get(name);
        CheckedFile now = CheckedFile.check(name, text, schemas, environment);
        boolean passed = now.problems().isEmpty();
        CheckedFile good = passed ? now : lastGood(before, now);
        entries.put(name, new Entry(text, now, good));
        apply(name, passed ? now : good);
        if (before == null
                || !before.text().equals(text)
                || !before.now().problems().equals(now.problems())) {
            report(name, now, good);
        }
    }

    /** Values that went into force unchecked are not good any more once there is something to check them against. */
    private static @Nullable CheckedFile lastGood(@Nullable Entry before, CheckedFile now) {
        CheckedFile last = before == null ? null : before.good();
        return last != null && (last.declared() || !now.declared()) ? last : null;
    }

    private void apply(ConfigurationName name, @Nullable CheckedFile values) {
        ConfigurationSink target = sink;
        if (target == null) {
            return;
        }
        if (values == null) {
            target.delete(name);
        } else {
            target.put(name, values.revealed());
        }
    }

    private void report(ConfigurationName name, CheckedFile now, @Nullable CheckedFile good) {
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
                    good == null ? "the plug-in runs with its defaults" : "the last good one stays in force",
                    String.join("\n  ", now.problems()));
        }
    }

    private void remove(ConfigurationName name) {
        entries.remove(name);
        ConfigurationSink target = sink;
        if (target != null) {
            target.delete(name);
        }
        LOG.info("Configuration {} is gone with its file.", name);
    }

    private ConfigurationView view(ConfigurationName name, Entry entry) {
        List<String> notes = new ArrayList<>(entry.now().problems());
        ConfigurationView.State state = ConfigurationView.State.IN_FORCE;
        CheckedFile values = entry.now();
        if (!notes.isEmpty()) {
            state = ConfigurationView.State.REJECTED;
            values = entry.good();
        } else if (!entry.now().declared()) {
            state = ConfigurationView.State.UNDECLARED;
            notes.add(ConfigCheck.unknownPid(name.pid(), schemas.pids()));
        }
        return new ConfigurationView(
                name.toString(), name.fileName(), state, values == null ? Map.of() : values.values(), notes);
    }
}
