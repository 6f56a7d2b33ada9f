package io.espalier.testkit.program;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/** Decides whether a test that needs a program runs. */
final class ProgramCheck {
    /** The programs that {@code ./check} installs. */
    static final Set<String> INSTALLED_BY_CHECK =
            Set.of("kcat", "docker-registry", "skopeo", "openssl", "dockerd", "busybox");

    private ProgramCheck() {}

    /** What becomes of the test. */
    sealed interface Verdict {
        /** The program is there. */
        record Run() implements Verdict {}

        /** The program is missing, which is fine on this machine. */
        record Skip(String reason) implements Verdict {}

        /** The program is missing where it must not be. */
        record Fail(String reason) implements Verdict {}
    }

    static Verdict verdict(String program, String debianPackage, Map<String, String> environment) {
        if (isOnPath(program, environment.getOrDefault("PATH", ""))) {
            return new Verdict.Run();
        }
        String name = debianPackage.isEmpty() ? program : debianPackage;
        String reason = "The program " + program + " is not on the PATH; install it with: apt-get install " + name;
        boolean mustBeThere = "true".equals(environment.get("CI")) && INSTALLED_BY_CHECK.contains(program);
        return mustBeThere
                ? new Verdict.Fail(reason + " (CI=true and ./check installs it, so it must not be missing)")
                : new Verdict.Skip(reason);
    }

    private static boolean isOnPath(String program, String path) {
        return Arrays.stream(path.split(File.pathSeparator))
                .filter(folder -> !folder.isEmpty())
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}
