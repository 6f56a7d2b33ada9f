package io.espalier.replication.rest.images;

import io.espalier.relay.protocol.TransferReport;
import io.espalier.replication.transfer.ImageSummary;
import io.espalier.replication.transfer.NodeProgress;
import io.espalier.replication.transfer.Preview;
import io.espalier.replication.transfer.PushResult;
import io.espalier.replication.transfer.TransferView;
import io.espalier.replication.transfer.Verdict;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Images and transfers as JSON objects; times in ISO 8601, durations in milliseconds. */
final class ImageJson {
    private ImageJson() {}

    static Map<String, Object> image(ImageSummary image) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("repository", image.repository());
        json.put("tag", image.tag());
        json.put("digest", image.digest());
        json.put("generation", image.generation());
        json.put("bytes", image.bytes());
        json.put("transfer", image.transfer());
        json.put("nodesHaving", image.having());
        json.put("nodes", image.members());
        return json;
    }

    static Map<String, Object> transfer(TransferView view) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", view.id());
        json.put("repository", view.repository());
        json.put("tag", view.tag());
        json.put("digest", view.digest());
        json.put("generation", view.generation());
        json.put("bytes", view.bytes());
        json.put("created", view.created().toString());
        json.put("state", view.state());
        json.put("problem", view.problem());
        json.put("nodes", view.nodes().stream().map(ImageJson::node).toList());
        return json;
    }

    static Map<String, Object> node(NodeProgress node) {
        TransferReport report = node.report();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("node", node.node().value());
        json.put("connected", node.connected());
        json.put("state", report.state().name().toLowerCase(Locale.ROOT));
        json.put("at", node.at().toString());
        json.put("bytes", report.bytes());
        json.put("bytesThere", report.bytesThere());
        json.put("bytesReceived", report.bytesReceived());
        json.put("bytesTwice", report.bytesTwice());
        json.put("bytesPerSecond", node.bytesPerSecond());
        json.put("remainingMillis", node.remaining().map(Duration::toMillis).orElse(-1L));
        json.put("parent", report.parent());
        json.put("parents", report.parents());
        json.put("retries", report.retries());
        json.put("problem", report.problem());
        json.put("millis", report.millis());
        return json;
    }

    static Map<String, Object> preview(Preview preview) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("dryRun", true);
        json.put("repository", preview.image().repository());
        json.put("tag", preview.image().reference());
        json.put("digest", preview.digest());
        json.put("manifests", preview.manifests());
        json.put("blobs", preview.blobs());
        json.put("bytes", preview.bytes());
        json.put("leftOut", preview.leftOut());
        json.put("nodes", preview.parts().stream().map(ImageJson::part).toList());
        return json;
    }

    private static Map<String, Object> part(Preview.Part part) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("node", part.node().value());
        json.put("connected", part.connected());
        json.put("parent", part.parent());
        json.put("bytes", part.bytes());
        json.put("predictedMillis", part.predicted().map(Duration::toMillis).orElse(-1L));
        return json;
    }

    /** @param prioritised whether a priority was asked for */
    static Map<String, Object> pushed(PushResult result, boolean prioritised) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("transfer", result.transfer());
        json.put("digest", result.digest());
        json.put("generation", result.generation());
        json.put("bytes", result.bytes());
        json.put("changed", result.changed());
        json.put("priorityIgnored", prioritised && !result.changed());
        return json;
    }

    /** What every node found, and to which the image is sent again for that. */
    static Map<String, Object> deepVerdicts(List<Verdict> verdicts) {
        List<String> wrong = verdicts.stream()
                .filter(verdict -> verdict.known() && !verdict.right())
                .map(verdict -> verdict.node().value())
                .toList();
        return Map.of("nodes", verdicts.stream().map(ImageJson::verdict).toList(), "sentAgain", wrong);
    }

    static Map<String, Object> verdict(Verdict verdict) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("node", verdict.node().value());
        json.put("digest", verdict.digest());
        json.put("right", verdict.right());
        json.put("known", verdict.known());
        json.put("problem", verdict.problem());
        return json;
    }
}
