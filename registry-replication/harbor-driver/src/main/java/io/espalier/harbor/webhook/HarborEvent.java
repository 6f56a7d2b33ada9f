package io.espalier.harbor.webhook;

import java.util.List;
import java.util.Optional;

/** What a webhook tells. */
public sealed interface HarborEvent {
    /**
     * Something was pushed, by hand or by replication.
     *
     * @param repository whole, {@code project/path/name}
     * @param artifacts what was pushed
     * @param operator who did it; empty when not said
     */
    record Pushed(String repository, List<PushedArtifact> artifacts, String operator) implements HarborEvent {
        public Pushed {
            artifacts = List.copyOf(artifacts);
        }
    }

    /**
     * One manifest.
     *
     * @param tag empty for a manifest by digest, as the children of an index are pushed
     */
    record PushedArtifact(String digest, Optional<String> tag) {}

    /**
     * One task of an execution, that is one repository, is over; there is no event for a whole execution.
     *
     * @param project of the side that sent this
     * @param description of the policy; ours begin with "Made by Espalier"
     * @param artifacts names with counts, in Harbor's words
     */
    record Replicated(boolean success, String project, String description, List<String> artifacts)
            implements HarborEvent {
        public Replicated {
            artifacts = List.copyOf(artifacts);
        }
    }

    /** An event of another type. */
    record Other(String type) implements HarborEvent {}
}
