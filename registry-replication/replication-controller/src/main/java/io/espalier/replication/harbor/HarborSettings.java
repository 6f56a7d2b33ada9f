package io.espalier.replication.harbor;

import static java.util.Objects.requireNonNull;

import io.espalier.harbor.node.HarborNode;
import io.espalier.harbor.run.LabelRule;
import io.espalier.harbor.tree.EdgeSettings;
import java.nio.file.Path;
import java.util.List;

/**
 * How the Harbors of a cluster are driven.
 *
 * @param cluster the name by which they tell what is ours
 * @param harbors all, the root first
 * @param webhookToken what their webhooks show; empty refuses all webhooks
 * @param automatic whether a push that the root tells of is carried down at once
 * @param labels which images are carried
 * @param file where the tree that was applied is kept
 */
public record HarborSettings(
        String cluster,
        List<HarborNode> harbors,
        EdgeSettings edges,
        String webhookToken,
        boolean automatic,
        LabelRule labels,
        Path file) {
    public HarborSettings {
        requireNonNull(cluster, "cluster is null");
        harbors = List.copyOf(harbors);
        requireNonNull(edges, "edges is null");
        requireNonNull(webhookToken, "webhookToken is null");
        requireNonNull(file, "file is null");
        requireNonNull(labels, "labels is null");
        if (harbors.isEmpty()) {
            throw new IllegalArgumentException(
                    "harbors is empty; name the root first and every other Harbor after it.");
        }
        if (harbors.stream().map(HarborNode::name).distinct().count() != harbors.size()) {
            throw new IllegalArgumentException("Two harbors have the same name; names must differ.");
        }
    }

    /** Every image, whatever its labels. */
    public HarborSettings(
            String cluster,
            List<HarborNode> harbors,
            EdgeSettings edges,
            String webhookToken,
            boolean automatic,
            Path file) {
        this(cluster, harbors, edges, webhookToken, automatic, LabelRule.NONE, file);
    }

    HarborNode root() {
        return harbors.get(0);
    }

    /** Without the token. */
    @Override
    public String toString() {
        return "HarborSettings[cluster=" + cluster + ", harbors="
                + harbors.stream().map(HarborNode::name).toList() + "]";
    }
}
