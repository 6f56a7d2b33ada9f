package io.espalier.kernel.launcher.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.files.DurableFiles;
import java.io.InputStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;

class SystemPackagesTest {
    @Test
    void filesAreExportedInTheVersionThatIsOnTheClassPath() throws Exception {
        Path place = Path.of(DurableFiles.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        String version = Files.isDirectory(place) ? version(place) : versionInJar(place);
        assertThat(SystemPackages.extra()).contains("io.espalier.files;version=\"" + version + "\"");
    }

    private static String versionInJar(Path jar) throws Exception {
        try (FileSystem files = FileSystems.newFileSystem(jar)) {
            return version(files.getPath("/"));
        }
    }

    private static String version(Path root) throws Exception {
        try (InputStream manifest = Files.newInputStream(root.resolve("META-INF/MANIFEST.MF"))) {
            return new Manifest(manifest).getMainAttributes().getValue("Bundle-Version");
        }
    }
}
