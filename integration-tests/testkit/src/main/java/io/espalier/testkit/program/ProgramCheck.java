package io.espalier.testkit.program;

import java.util.Map;
import java.util.Set;

/** Decides whether a test that needs a program runs. */
final class ProgramCheck {
    /** The programs that {@code ./check} installs. */
    static final Set<String> INSTALLED_BY_CHECK =
            Set.of("kcat", "docker-registry", "skopeo", "openssl", "dockerd", "busybox", "postgres", "mariadbd");

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
        if (ProgramPath.find(program, environment.getOrDefault("PATH", "")).isPresent()) {
            return new Verdict.Run();
        }
        String name = debianPackage.isEmpty() ? program : debianPackage;
        String reason = "The program " + program + " is not on the PATH; install it with: apt-get install " + name;
        boolean mustBeThere = "true".equals(environment.get("CI")) && INSTALLED_BY_CHECK.contains(program);
        return mustBeThere
                ? new Verdict.Fail(reason + " (CI=true and ./check installs it, so it must not be missing)")
                : new Verdict.Skip(reason);
    }
}
