package io.espalier.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.conformance.host.Distribution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the manifests and the contents of the plug-in jars, as they are shipped, against the rules for bundles. */
class ManifestTest {
    /** What a bundle may show to others, besides the libraries: the ports of the house. */
    private static final Map<String, String> EXPORTS = Map.of(
            "durable-files",
            "io.espalier.files",
            "stream-core",
            "io.espalier.stream.",
            "http-door",
            "io.espalier.http",
            "database-pool",
            "io.espalier.database",
            "latency-tree",
            "io.espalier.tree",
            "registry-client",
            "io.espalier.registry.",
            "embedded-store",
            "io.espalier.embedded.node",
            "image-relay",
            "io.espalier.relay.",
            "harbor-client",
            "io.espalier.harbor.client",
            "harbor-driver",
            "io.espalier.harbor.");

    /** Directives and attributes of one clause hold commas in quotes. */
    private static final Pattern QUOTED = Pattern.compile("\"[^\"]*\"");

    static Stream<String> plugins() {
        return Stream.of("streams", "registry-master", "registry-node")
                .flatMap(profile -> Distribution.plugins(profile).stream())
                .distinct();
    }

    static Stream<String> ownPlugins() {
        return plugins().filter(name -> symbolicName(name).startsWith("io.espalier."));
    }

    /** Bundles whose classes are all ours. */
    static Stream<String> ownCode() {
        return ownPlugins().filter(name -> !name.startsWith("library-"));
    }

    @ParameterizedTest
    @MethodSource("plugins")
    void everyPluginIsABundleWithAVersion(String name) throws IOException {
        Attributes manifest = manifest(name);

        assertThat(manifest.getValue("Bundle-ManifestVersion")).isEqualTo("2");
        assertThat(manifest.getValue("Bundle-SymbolicName")).isNotBlank();
        assertThat(manifest.getValue("Bundle-Version")).matches("\\d+(\\.\\d+){1,2}(\\..+)?");
    }

    @ParameterizedTest
    @MethodSource("ownPlugins")
    void ownBundlesAreNamedAfterTheirModule(String name) throws IOException {
        assertThat(symbolicName(name)).isEqualTo("io.espalier." + name);
    }

    @ParameterizedTest
    @MethodSource("ownPlugins")
    void nobodyImportsAnnotationsOfTheCompiler(String name) throws IOException {
        assertThat(packages(name, "Import-Package"))
                .noneMatch(each -> each.startsWith("org.jspecify") || each.startsWith("com.google.errorprone"));
    }

    @ParameterizedTest
    @MethodSource("ownCode")
    void onlyThePortsAreExported(String name) throws IOException {
        String prefix = EXPORTS.get(name);

        assertThat(packages(name, "Export-Package"))
                .allMatch(each ->
                        prefix != null && Stream.of(prefix.split(" ", -1)).anyMatch(each::startsWith))
                .matches(exported -> prefix == null || !exported.isEmpty(), "the ports are exported");
    }

    /** Our kernel has the package on its class path and exports it too; nobody may see it twice. */
    @Test
    void filesAreTheKernelsWhereThereIsOne() throws IOException {
        assertThat(packages("durable-files", "Import-Package")).contains("io.espalier.files");
    }

    @ParameterizedTest
    @MethodSource("ownPlugins")
    void nobodyCarriesWhatTheHostHas(String name) throws IOException {
        try (JarFile jar = new JarFile(Distribution.plugin(name).toFile())) {
            assertThat(jar.stream().map(Object::toString))
                    .noneMatch(entry -> entry.startsWith("org/slf4j/")
                            || entry.startsWith("org/osgi/")
                            || entry.startsWith("org/apache/felix/")
                            || entry.startsWith("org/jspecify/")
                            || entry.startsWith("ch/qos/logback/")
                            || entry.endsWith(".jar"));
        }
    }

    @ParameterizedTest
    @MethodSource("ownCode")
    void noClassOfTheHouseIsInTwoBundles(String name) throws IOException {
        try (JarFile jar = new JarFile(Distribution.plugin(name).toFile())) {
            List<String> packages = jar.stream()
                    .map(Object::toString)
                    .filter(entry -> entry.endsWith(".class") && entry.startsWith("io/espalier/"))
                    .map(entry -> entry.split("/", 4)[2])
                    .distinct()
                    .toList();
            assertThat(packages).as("top packages of the house").hasSize(1);
        }
    }

    @ParameterizedTest
    @MethodSource("plugins")
    void everyPluginOfTheProfileIsShipped(String name) {
        assertThat(Distribution.plugin(name))
                .satisfies(jar -> assertThat(Files.isRegularFile(jar)).isTrue());
    }

    private static String symbolicName(String name) {
        try {
            return manifest(name).getValue("Bundle-SymbolicName").split(";", 2)[0];
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Attributes manifest(String name) throws IOException {
        Path file = Distribution.plugin(name);
        try (JarFile jar = new JarFile(file.toFile())) {
            return jar.getManifest().getMainAttributes();
        }
    }

    private static List<String> packages(String name, String header) throws IOException {
        String value = manifest(name).getValue(header);
        if (value == null) {
            return List.of();
        }
        return Stream.of(QUOTED.matcher(value).replaceAll("").split(","))
                .map(clause -> clause.split(";", 2)[0].strip())
                .toList();
    }
}
