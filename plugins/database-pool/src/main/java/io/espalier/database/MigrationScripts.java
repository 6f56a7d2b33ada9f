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
 * read from beside a class of the plug-in, from the folder of the dialect if it has one of that name.
 */
final class MigrationScripts implements ResourceProvider {
    private final Class<?> beside;
    private final String folder;
    private final List<String> names;

    MigrationScripts(Class<?> beside, String folder, List<String> names) {
        this.beside = beside;
        this.folder = folder;
        this.names = names;
    }

    @Override
    public @Nullable LoadableResource getResource(String name) {
        return names.contains(name) ? script(name) : null;
    }

    @Override
    public Collection<LoadableResource> getResources(String prefix, String[] suffixes) {
        return names.stream()
                .filter(name ->
                        name.startsWith(prefix) && Arrays.stream(suffixes).anyMatch(name::endsWith))
                .<LoadableResource>map(this::script)
                .toList();
    }

    private Script script(String name) {
        String own = folder + "/" + name;
        return new Script(beside, beside.getResource(own) == null ? name : own, name);
    }

    private static final class Script extends LoadableResource {
        private final Class<?> beside;
        private final String file;
        private final String name;

        Script(Class<?> beside, String file, String name) {
            this.beside = beside;
            this.file = file;
            this.name = name;
        }

        @Override
        public Reader read() {
            InputStream script = beside.getResourceAsStream(file);
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
