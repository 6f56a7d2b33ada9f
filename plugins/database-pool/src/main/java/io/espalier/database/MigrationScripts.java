package io.espalier.database;

import static java.util.Objects.requireNonNull;

import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.flywaydb.core.api.ResourceProvider;
import org.flywaydb.core.api.resource.LoadableResource;
import org.jspecify.annotations.Nullable;

/**
 * A schema's migrations by name. Flyway's search of the class path finds nothing in an OSGi bundle, so every script is named and
 * read from beside a class of the plug-in.
 */
final class MigrationScripts implements ResourceProvider {
    private final Class<?> beside;
    private final List<String> names;

    MigrationScripts(Class<?> beside, List<String> names) {
        this.beside = beside;
        this.names = names;
    }

    @Override
    public @Nullable LoadableResource getResource(String name) {
        return names.contains(name) ? new Script(beside, name) : null;
    }

    @Override
    public Collection<LoadableResource> getResources(String prefix, String[] suffixes) {
        return names.stream()
                .filter(name ->
                        name.startsWith(prefix) && Arrays.stream(suffixes).anyMatch(name::endsWith))
                .<LoadableResource>map(name -> new Script(beside, name))
                .toList();
    }

    private static final class Script extends LoadableResource {
        private final Class<?> beside;
        private final String name;

        Script(Class<?> beside, String name) {
            this.beside = beside;
            this.name = name;
        }

        @Override
        public Reader read() {
            InputStream script = beside.getResourceAsStream(name);
            return new InputStreamReader(requireNonNull(script, "the settings have seen it"), StandardCharsets.UTF_8);
        }

        @Override
        public String getAbsolutePath() {
            return name;
        }

        @Override
        public String getAbsolutePathOnDisk() {
            return name;
        }

        @Override
        public String getFilename() {
            return name;
        }

        @Override
        public String getRelativePath() {
            return name;
        }
    }
}
