package io.espalier.kernel.felix.runtime;

import static io.espalier.kernel.plugin.PluginException.Code.UNUSABLE_JAR;
import static java.util.Objects.requireNonNull;

import io.espalier.kernel.plugin.PluginException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import org.jspecify.annotations.Nullable;

/** A jar that names itself as a bundle in its manifest. */
record BundleJar(Path file, String symbolicName) {
    BundleJar {
        requireNonNull(file, "file is null");
        requireNonNull(symbolicName, "symbolicName is null");
    }

    static BundleJar read(Path file) throws PluginException {
        if (!Files.isRegularFile(file)) {
            throw unusable(file, "there is no such file; build it or correct the name", null);
        }
        try (JarFile jar = new JarFile(file.toFile(), false)) {
            Manifest manifest = jar.getManifest();
            if (manifest == null) {
                throw unusable(
                        file, "it has no META-INF/MANIFEST.MF and so is no OSGi bundle; build it with bnd", null);
            }
            return new BundleJar(file, symbolicName(file, manifest.getMainAttributes()));
        } catch (IOException | RuntimeException e) {
            throw unusable(file, "it is no readable zip file (" + e.getMessage() + "); copy it again completely", e);
        }
    }

    private static String symbolicName(Path file, Attributes headers) throws PluginException {
        String header = headers.getValue("Bundle-SymbolicName");
        if (header == null || header.isBlank()) {
            String what = headers.getValue("Bundle-ManifestVersion") == null
                    ? "its manifest has no Bundle-SymbolicName and so it is no OSGi bundle; wrap it with bnd"
                    : "its manifest has a Bundle-ManifestVersion but no Bundle-SymbolicName; add one";
            throw unusable(file, what, null);
        }
        int end = header.indexOf(';');
        return (end < 0 ? header : header.substring(0, end)).strip();
    }

    private static PluginException unusable(Path file, String why, @Nullable Throwable cause) {
        return new PluginException(UNUSABLE_JAR, file.getFileName() + " cannot be used: " + why + ".", cause);
    }
}
