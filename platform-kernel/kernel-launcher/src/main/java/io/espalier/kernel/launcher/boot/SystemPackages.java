package io.espalier.kernel.launcher.boot;

import java.util.ArrayList;
import java.util.List;

/** The packages of the launcher's class path that bundles may import. */
final class SystemPackages {
    private static final List<String> SLF4J =
            List.of("org.slf4j", "org.slf4j.event", "org.slf4j.helpers", "org.slf4j.spi");

    /** Two versions of one package: some bundles still ask for [1.7,2), and what they use of it is unchanged in 2. */
    private static final List<String> SLF4J_VERSIONS = List.of("2.0.17", "1.7.36");

    private static final List<String> KERNEL = List.of(
            "io.espalier.kernel.budget",
            "io.espalier.kernel.config",
            "io.espalier.kernel.deploy",
            "io.espalier.kernel.jar",
            "io.espalier.kernel.leak",
            "io.espalier.kernel.log",
            "io.espalier.kernel.plugin",
            "io.espalier.kernel.quarantine",
            "io.espalier.kernel.suggest",
            "io.espalier.kernel.supervise");

    /** The bundle of this name that other hosts need imports what it exports, so that here all use this one copy. */
    private static final String FILES = "io.espalier.files;version=\"0.1.0\"";

    private SystemPackages() {}

    static String extra() {
        List<String> exports = new ArrayList<>();
        for (String version : SLF4J_VERSIONS) {
            for (String name : SLF4J) {
                exports.add(name + ";version=\"" + version + "\"");
            }
        }
        for (String name : KERNEL) {
            exports.add(name);
        }
        exports.add(FILES);
        return String.join(",", exports);
    }
}
