package io.espalier.engine.check;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;

/**
 * A container to be made.
 *
 * @param image a reference that the engine knows
 * @param command in place of the image's own entry point; empty for that
 * @param labels on the container
 */
public record ContainerPlan(String image, List<String> command, Limits limits, Map<String, String> labels) {
    public ContainerPlan {
        requireNonNull(image, "image is null");
        requireNonNull(limits, "limits is null");
        command = List.copyOf(command);
        labels = Map.copyOf(labels);
    }
}
