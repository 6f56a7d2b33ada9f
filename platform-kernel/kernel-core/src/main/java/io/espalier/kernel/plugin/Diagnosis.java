package io.espalier.kernel.plugin;

import static java.util.Objects.requireNonNull;

import java.util.List;

/** What the runtime finds when it looks at an installed plug-in now. */
public sealed interface Diagnosis {
    /** Started, and every component that should be active is. */
    record Working() implements Diagnosis {}

    /** Installed or stopped; nothing of it runs. */
    record Stopped() implements Diagnosis {}

    /** Its start or stop is still under way. */
    record InTransition() implements Diagnosis {}

    /** Cannot be wired: one sentence for each thing that is missing, each with what mends it. */
    record Unresolved(List<String> missing) implements Diagnosis {
        public Unresolved {
            missing = List.copyOf(missing);
        }
    }

    /** Stopped, and not to be started as long as its configuration is rejected: one sentence for each problem. */
    record Misconfigured(List<String> problems) implements Diagnosis {
        public Misconfigured {
            problems = List.copyOf(problems);
        }
    }

    /** Started, but these components are not active. */
    record Unsatisfied(List<Component> components) implements Diagnosis {
        public Unsatisfied {
            components = List.copyOf(components);
        }
    }

    /**
     * A component that is not active.
     *
     * @param reason the sentence that says what it waits for and what mends it
     * @param threw whether its own code threw when it was activated, so that only another start can help
     */
    record Component(String name, String reason, boolean threw) {
        public Component {
            requireNonNull(name, "name is null");
            requireNonNull(reason, "reason is null");
        }

        /** A component that waits for something. */
        public Component(String name, String reason) {
            this(name, reason, false);
        }
    }
}
