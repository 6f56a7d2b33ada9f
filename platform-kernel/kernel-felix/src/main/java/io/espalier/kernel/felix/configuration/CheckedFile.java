package io.espalier.kernel.felix.configuration;

import io.espalier.kernel.config.ConfigCheck;
import io.espalier.kernel.config.ConfigKey;
import io.espalier.kernel.config.ConfigSchema;
import io.espalier.kernel.config.ConfigType;
import io.espalier.kernel.config.EnvironmentOverrides;
import io.espalier.kernel.config.Secret;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a check made of a file's text.
 *
 * @param declared whether a plug-in declares the PID, so that there was something to check against
 * @param values those that may go into force, secrets hidden; empty when there are problems
 * @param problems one sentence each
 */
record CheckedFile(boolean declared, Map<String, Object> values, List<String> problems) {
    private static final Logger LOG = LoggerFactory.getLogger(CheckedFile.class);

    static CheckedFile check(ConfigurationName name, String text, Schemas schemas, EnvironmentOverrides environment) {
        try {
            return check(name, FlatJson.read(text), schemas, environment);
        } catch (FlatJson.Malformed e) {
            return rejected(
                    schemas.find(name.pid()).isPresent(),
                    List.of(name.fileName() + " is malformed: " + e.getMessage()));
        }
    }

    static CheckedFile check(
            ConfigurationName name, Map<String, Object> raw, Schemas schemas, EnvironmentOverrides environment) {
        Optional<ConfigSchema> schema = schemas.find(name.pid());
        if (schema.isEmpty()) {
            return new CheckedFile(false, undeclared(raw), List.of());
        }
        EnvironmentOverrides.Overridden merged = environment.apply(name.pid(), raw, schema.get());
        List<String> problems = new ArrayList<>(merged.problems());
        ConfigCheck.Result result = ConfigCheck.check(name.toString(), merged.values(), schema.get());
        if (result instanceof ConfigCheck.Rejected rejected) {
            problems.addAll(rejected.problems());
            problems.addAll(schemas.invalid(name.pid(), convertible(merged.values(), schema.get())));
        } else if (result instanceof ConfigCheck.Accepted accepted) {
            problems.addAll(schemas.invalid(name.pid(), accepted.values()));
            if (problems.isEmpty()) {
                return new CheckedFile(true, accepted.values(), List.of());
            }
        }
        return rejected(true, problems);
    }

    /** Those values that are right but for their bounds, so that all that is wrong is said at once. */
    private static Map<String, Object> convertible(Map<String, Object> raw, ConfigSchema schema) {
        Map<String, Object> right = new LinkedHashMap<>();
        for (ConfigKey key : schema.keys().values()) {
            Object given = raw.get(key.name());
            ConfigSchema alone = new ConfigSchema(List.of(key));
            if (given != null
                    && ConfigCheck.check("", Map.of(key.name(), given), alone) instanceof ConfigCheck.Accepted one) {
                right.putAll(one.values());
            }
        }
        return right;
    }

    static CheckedFile rejected(boolean declared, List<String> problems) {
        return new CheckedFile(declared, Map.of(), List.copyOf(problems));
    }

    /**
     * Logs what became of the file.
     *
     * @param effect when it is right
     * @param good what is in force when it is not
     */
    void report(ConfigurationName name, String effect, @Nullable GoodForm good) {
        if (problems.isEmpty()) {
            LOG.info("Configuration {}{}{}.", name, effect, declared ? "" : ", unchecked: no plug-in declares it yet");
        } else {
            LOG.warn(
                    "Configuration {} is rejected; {}:\n  {}",
                    name,
                    GoodForm.words(good),
                    String.join("\n  ", problems));
        }
    }

    /** As a plug-in is to get them. */
    Map<String, Object> revealed() {
        return new ConfigCheck.Accepted(values).revealed();
    }

    /** The value in the form in which it stands in a JSON file. */
    static Object json(Object value) {
        if (value instanceof Secret secret) {
            return secret.reveal();
        }
        return value instanceof String[] list ? List.of(list) : value;
    }

    static boolean isSecret(Schemas schemas, String pid, String key) {
        return schemas.find(pid)
                .map(schema -> schema.keys().get(key))
                .map(found -> found.type() == ConfigType.SECRET)
                .orElse(false);
    }

    /** Lists become arrays, since Configuration Admin knows no others that all bundles read. */
    private static Map<String, Object> undeclared(Map<String, Object> raw) {
        Map<String, Object> values = new LinkedHashMap<>(raw);
        values.replaceAll((key, value) -> value instanceof List<?> list
                ? list.stream().map(String::valueOf).toArray(String[]::new)
                : value);
        return values;
    }
}
