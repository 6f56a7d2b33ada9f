package io.espalier.replication.removal;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.MasterMessage.Remove;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.NodeMessage.Removed;
import io.espalier.replication.member.Member;
import io.espalier.replication.member.Members;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks nodes what a removal would do there. Thread-safe. */
final class RemovalPreviews {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final Members members;
    private final RemovalOrders orders;

    RemovalPreviews(Members members, RemovalOrders orders) {
        this.members = requireNonNull(members, "members is null");
        this.orders = requireNonNull(orders, "orders is null");
    }

    /** @param order a dry run */
    List<NodePreview> ask(Remove order) {
        Map<NodeId, CompletableFuture<NodePreview>> answers = new LinkedHashMap<>();
        for (Member member : members.all()) {
            if (!member.master()) {
                answers.put(member.id(), ask(member.id(), order));
            }
        }
        long end = System.nanoTime() + LIMIT.toNanos();
        try {
            return answers.entrySet().stream()
                    .map(answer -> await(answer.getKey(), answer.getValue(), end))
                    .toList();
        } finally {
            answers.keySet().forEach(node -> orders.forgetPreview(node, order.request()));
        }
    }

    private CompletableFuture<NodePreview> ask(NodeId node, Remove order) {
        CompletableFuture<NodePreview> answer = new CompletableFuture<>();
        orders.preview(node, order.request(), said -> answer.complete(preview(node, said)));
        if (!members.send(node, order)) {
            answer.complete(nothing(node, "The node is not connected; it is told when it comes back."));
        }
        return answer;
    }

    private static NodePreview preview(NodeId node, Removed said) {
        return new NodePreview(node, said.outcome(), said.tags(), said.manifests(), said.sentence());
    }

    private static NodePreview nothing(NodeId node, String sentence) {
        return new NodePreview(node, "", List.of(), List.of(), sentence);
    }

    private static NodePreview await(NodeId node, CompletableFuture<NodePreview> answer, long end) {
        try {
            return answer.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return nothing(node, "Waiting for the node was interrupted.");
        } catch (ExecutionException | TimeoutException e) {
            return nothing(
                    node,
                    "The node did not answer within " + LIMIT.toSeconds()
                            + " s; it may be busy with others, or its release may be too old.");
        }
    }
}
