package io.espalier.kernel.felix.configuration;

import static java.util.Objects.requireNonNull;

import io.espalier.kernel.config.EnvironmentOverrides;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The sentence that says why a plug-in is not started and what mends that: its file, or the variables that win over it. */
final class HeldReason {
    private static final EnvironmentOverrides NO_VARIABLES = new EnvironmentOverrides(Map.of());

    private final Schemas schemas;
    private final EnvironmentOverrides environment;

    HeldReason(Schemas schemas, EnvironmentOverrides environment) {
        this.schemas = requireNonNull(schemas, "schemas is null");
        this.environment = requireNonNull(environment, "environment is null");
    }

    /**
     * For a configuration that is rejected.
     *
     * @param hasFile whether there is a file, and not variables alone
     * @param text what was checked together with the variables, null if it cannot be read
     */
    String rejected(ConfigurationName name, boolean hasFile, @Nullable String text, CheckedFile now) {
        String problems = String.join(" ", now.problems());
        if (text != null && onlyVariablesAreWrong(name, text)) {
            return "It is not started, since environment variables " + EnvironmentOverrides.name(name.pid(), "")
                    + "... are rejected: " + problems
                    + " They are read when the kernel starts: mend them and start it again.";
        }
        return hasFile
                ? "It is not started, since " + name.fileName()
                        + " is rejected and no earlier form of it is known to be" + " right: " + problems
                : "It is not started, since there is no " + name.fileName()
                        + " and what environment variables say alone" + " is rejected: " + problems;
    }

    private boolean onlyVariablesAreWrong(ConfigurationName name, String text) {
        return environment.touches(name.pid())
                && CheckedFile.check(name, text, schemas, NO_VARIABLES)
                        .problems()
                        .isEmpty();
    }

    /** For a file that is there but was not looked at yet: whoever writes it is not done. */
    static String unfinished(ConfigurationName name) {
        return "It is not started, since " + name.fileName() + " is empty; whoever writes it may not be done.";
    }

    /** For a folder that cannot be read. */
    static String unknown(String why) {
        return "It is not started, since its configuration is not known: " + why;
    }
}
