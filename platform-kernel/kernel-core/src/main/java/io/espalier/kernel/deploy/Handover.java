package io.espalier.kernel.deploy;

import static java.util.Objects.requireNonNull;

import io.espalier.kernel.plugin.PluginId;

/** What became of a jar that was handed over. */
public sealed interface Handover {
    /** Taken: installed, put in the place of the earlier one, or removed; its start goes on by itself. */
    record Taken(PluginId id) implements Handover {
        public Taken {
            requireNonNull(id, "id is null");
        }
    }

    /** Not taken; the reason is a sentence. */
    record Refused(String reason) implements Handover {
        public Refused {
            requireNonNull(reason, "reason is null");
        }
    }
}
