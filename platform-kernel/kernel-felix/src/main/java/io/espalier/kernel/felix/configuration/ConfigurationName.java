package io.espalier.kernel.felix.configuration;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which configuration a file is: {@code stream.gateway.json} is the PID stream.gateway, {@code edge.source~web.json} is the
 * instance web of the factory PID edge.source.
 *
 * @param alias null for a configuration that is no factory's
 */
record ConfigurationName(String pid, @Nullable String alias) implements Comparable<ConfigurationName> {
    private static final String SUFFIX = ".json";

    ConfigurationName {
        requireNonNull(pid, "pid is null");
    }

    /** Empty for files that are no configuration: hidden ones, other suffixes. */
    static Optional<ConfigurationName> of(Path file) {
        String name = file.getFileName().toString();
        if (!name.endsWith(SUFFIX) || name.startsWith(".") || name.length() == SUFFIX.length()) {
            return Optional.empty();
        }
        return Optional.of(parse(name.substring(0, name.length() - SUFFIX.length())));
    }

    /** @param text as people write it: {@code pid} or {@code pid~alias} */
    static ConfigurationName parse(String text) {
        int tilde = text.indexOf('~');
        return tilde < 1
                ? new ConfigurationName(text, null)
                : new ConfigurationName(text.substring(0, tilde), text.substring(tilde + 1));
    }

    String fileName() {
        return this + SUFFIX;
    }

    @Override
    public int compareTo(ConfigurationName other) {
        return toString().compareTo(other.toString());
    }

    @Override
    public String toString() {
        return alias == null ? pid : pid + "~" + alias;
    }
}
