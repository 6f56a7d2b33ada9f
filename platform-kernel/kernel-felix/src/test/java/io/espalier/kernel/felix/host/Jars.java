package io.espalier.kernel.felix.host;

import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Finds the jars of system bundles on the tests' class path. */
final class Jars {
    private static final List<String> SYSTEM = List.of(
            "org.osgi.util.function-",
            "org.osgi.util.promise-",
            "org.osgi.service.component-",
            "org.apache.felix.log-",
            "org.apache.felix.configadmin-",
            "org.apache.felix.metatype-",
            "org.apache.felix.scr-",
            "org.apache.felix.gogo.runtime-",
            "org.apache.felix.gogo.command-",
            "org.apache.felix.healthcheck.api-");

    private Jars() {}

    static List<Path> system() {
        return SYSTEM.stream().map(Jars::find).toList();
    }

    static Path find(String prefix) {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .filter(path -> path.getFileName().toString().startsWith(prefix))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("No jar " + prefix + "* on the class path."));
    }
}
