package io.espalier.replication.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.TransferState;
import java.time.Instant;
import java.util.List;

/**
 * A transfer as an operator sees it.
 *
 * @param tag or a digest when the image has no tag
 * @param bytes of all its blobs
 * @param superseded whether a newer generation of the tag took its place
 * @param problem why the master cannot go on with it; empty when it can
 * @param nodes every member, and others that reported, by name
 */
public record TransferView(
        String id,
        String repository,
        String tag,
        String digest,
        long generation,
        long bytes,
        Instant created,
        boolean superseded,
        String problem,
        List<NodeProgress> nodes) {
    public TransferView {
        requireNonNull(id, "id is null");
        requireNonNull(repository, "repository is null");
        requireNonNull(tag, "tag is null");
        requireNonNull(digest, "digest is null");
        requireNonNull(created, "created is null");
        requireNonNull(problem, "problem is null");
        nodes = List.copyOf(nodes);
    }

    /** {@code running}, {@code retrying}, {@code done}, {@code failed}, {@code cancelled} or {@code superseded}. */
    public String state() {
        if (superseded) {
            return "superseded";
        }
        if (!problem.isEmpty()) {
            return "failed";
        }
        if (any(TransferState.RETRYING)) {
            return "retrying";
        }
        if (!nodes.stream().allMatch(node -> node.report().state().isFinal())) {
            return "running";
        }
        if (any(TransferState.SUPERSEDED)) {
            return "superseded";
        }
        return any(TransferState.CANCELLED) ? "cancelled" : "done";
    }

    private boolean any(TransferState state) {
        return nodes.stream().anyMatch(node -> node.report().state() == state);
    }
}
