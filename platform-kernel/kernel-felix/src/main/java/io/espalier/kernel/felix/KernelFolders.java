package io.espalier.kernel.felix;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.osgi.framework.BundleContext;

/**
 * Where the kernel finds and puts its files, as the launcher tells it by framework properties {@code espalier.*}.
 *
 * @param profile the file that names the plug-ins to start, if there is one
 * @param started when the process began
 */
record KernelFolders(
        Path home, Path etc, Path data, Path log, Path plugins, Path deploy, Optional<Path> profile, Instant started) {
    static KernelFolders of(BundleContext context) {
        return new KernelFolders(
                folder(context, "espalier.home"),
                folder(context, "espalier.etc"),
                folder(context, "espalier.data"),
                folder(context, "espalier.log"),
                folder(context, "espalier.plugins"),
                folder(context, "espalier.deploy"),
                Optional.ofNullable(context.getProperty("espalier.profile")).map(Path::of),
                Optional.ofNullable(context.getProperty("espalier.started"))
                        .map(Long::parseLong)
                        .map(Instant::ofEpochMilli)
                        .orElseGet(Instant::now));
    }

    private static Path folder(BundleContext context, String property) {
        String value = requireNonNull(
                context.getProperty(property),
                () -> "The kernel cannot start: the framework property " + property
                        + " is missing; the launcher sets it.");
        return Path.of(value).toAbsolutePath().normalize();
    }
}
