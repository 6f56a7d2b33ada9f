package io.espalier.kernel.plugin;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where a plug-in is in its life; every state tells since when. */
public sealed interface PluginState {
    Instant since();

    /** One upper-case word for lists. */
    String word();

    /** Installed; its first start has not begun. */
    record Installed(Instant since) implements PluginState {
        @Override
        public String word() {
            return "INSTALLED";
        }
    }

    /** Its start is under way. */
    record Starting(Instant since) implements PluginState {
        @Override
        public String word() {
            return "STARTING";
        }
    }

    /**
     * Started, but components are not active yet; quarantined if they are not by {@code until}.
     *
     * @param components those that are not active, with the reason
     */
    record Waiting(Instant since, List<Diagnosis.Component> components, Instant until) implements PluginState {
        public Waiting {
            components = List.copyOf(components);
        }

        @Override
        public String word() {
            return "WAITING";
        }
    }

    /** Started, and everything that should be active is. */
    record Active(Instant since) implements PluginState {
        @Override
        public String word() {
            return "ACTIVE";
        }
    }

    /**
     * Not started, since its configuration is rejected and no earlier form of it is known: defaults are not what its operator
     * wants. It starts by itself as soon as the configuration is right.
     *
     * @param reason a sentence
     */
    record Held(Instant since, String reason) implements PluginState {
        @Override
        public String word() {
            return "HELD";
        }
    }

    /**
     * Failed; tried again at {@code nextRetry}, or sooner when what it lacks arrives.
     *
     * @param reason a sentence
     * @param attempts failures in a row
     * @param stack where an over-budget start stood, null for other causes
     */
    record Quarantined(
            Instant since,
            Cause cause,
            String reason,
            int attempts,
            Instant nextRetry,
            @Nullable String stack) implements PluginState {
        @Override
        public String word() {
            return "QUARANTINED";
        }
    }

    /** Its stop is under way. */
    record Stopping(Instant since) implements PluginState {
        @Override
        public String word() {
            return "STOPPING";
        }
    }

    /** Its stop did not return within the budget and was given up; {@code stack} is where it stood. */
    record StuckStopping(Instant since, String stack) implements PluginState {
        @Override
        public String word() {
            return "STUCK";
        }
    }

    /** Stopped; nothing of it runs. */
    record Stopped(Instant since) implements PluginState {
        @Override
        public String word() {
            return "STOPPED";
        }
    }

    /** Why a plug-in is quarantined. */
    enum Cause {
        /** Something it needs to be wired is not there. */
        UNRESOLVED,
        /** Its code threw while it started. */
        THREW,
        /** Its start took longer than its budget. */
        OVER_BUDGET,
        /** It started, but a component did not become active within the activation budget. */
        NEVER_ACTIVE,
        /** The runtime refused for another reason. */
        REFUSED
    }
}
