package io.espalier.replication.shell.images;

import io.espalier.relay.protocol.TransferReport;
import io.espalier.relay.protocol.TransferState;
import io.espalier.replication.image.ImageName;
import io.espalier.replication.shell.ByteText;
import io.espalier.replication.transfer.CheckProgress;
import io.espalier.replication.transfer.NodeProgress;
import io.espalier.replication.transfer.Preview;
import io.espalier.replication.transfer.PushResult;
import io.espalier.replication.transfer.TransferView;
import io.espalier.replication.transfer.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Images and transfers as an operator reads them. */
final class ImageText {
    private static final int SHORT_DIGEST = 19;

    private ImageText() {}

    /** @param prioritised whether a priority was asked for */
    static String pushed(ImageName name, PushResult result, boolean prioritised) {
        String what = name + " is " + result.digest() + ", generation " + result.generation();
        return result.changed()
                ? what + ". Transfer " + result.transfer() + " sends " + bytes(result.bytes()) + "; see image:status "
                        + name + "."
                : what + " as before. Nodes that lack it are asked again by transfer " + result.transfer()
                        + (prioritised ? ", with the priority that it has; --priority is for what changed." : ".");
    }

    static String preview(Preview preview) {
        StringBuilder text = new StringBuilder();
        text.append(preview.image()).append(" is ").append(preview.digest()).append(": ");
        text.append(preview.manifests())
                .append(" manifests, ")
                .append(preview.blobs())
                .append(" blobs, ");
        text.append(bytes(preview.bytes())).append(". Nothing was sent.\n");
        if (!preview.leftOut().isEmpty()) {
            text.append(preview.leftOut().size())
                    .append(
                            " images of other platforms are left out though the index names them; docker-registry refuses"
                                    + " such an index (MANIFEST_BLOB_UNKNOWN). Where nodes run it, clear the setting platforms.\n");
        }
        row(text, "NODE", "FROM", "TO SEND", "READY IN");
        for (Preview.Part part : preview.parts()) {
            String ready = part.predicted().map(ImageText::time).orElse(part.connected() ? "-" : "(away)");
            row(text, part.node(), part.parent().isEmpty() ? "-" : part.parent(), bytes(part.bytes()), ready);
        }
        return text.toString().stripTrailing();
    }

    private static void row(StringBuilder text, Object... cells) {
        text.append(String.format(Locale.ROOT, "%-24s %-24s %10s  %s%n", cells));
    }

    /** @param verbose also what came from whom */
    static String status(List<TransferView> views, Map<ImageName, String> problems, boolean verbose) {
        StringBuilder text = new StringBuilder();
        for (TransferView view : views) {
            transfer(text, view, verbose);
        }
        if (views.isEmpty()) {
            text.append("Nothing was sent yet; push an image to the master's registry, or image:push one.\n");
        }
        problems.forEach((image, sentence) ->
                text.append(image).append(" is not sent: ").append(sentence).append('\n'));
        return text.toString().stripTrailing();
    }

    private static void transfer(StringBuilder text, TransferView view, boolean verbose) {
        text.append(String.format(
                Locale.ROOT,
                "%s:%s  %s  generation %d  %s  %s  transfer %s%n",
                view.repository(),
                view.tag(),
                view.digest().substring(0, Math.min(SHORT_DIGEST, view.digest().length())),
                view.generation(),
                bytes(view.bytes()),
                view.state(),
                view.id()));
        if (!view.problem().isEmpty()) {
            text.append("  problem: ").append(view.problem()).append('\n');
        }
        if (!view.superseded()) {
            for (NodeProgress node : view.nodes()) {
                node(text, node);
                if (verbose) {
                    senders(text, node);
                }
            }
        }
    }

    private static void node(StringBuilder text, NodeProgress node) {
        TransferReport report = node.report();
        text.append(String.format(
                Locale.ROOT,
                "  %-24s %-10s %5s  %10s there %10s received %12s  left %-8s retries %d%s%s%n",
                node.node(),
                state(node),
                percent(report),
                bytes(report.bytesThere()),
                bytes(report.bytesReceived()),
                node.connected() ? bytes(report.bytesPerSecond()) + "/s" : "-",
                node.remaining().map(ImageText::time).orElse("-"),
                report.retries(),
                report.parent().isEmpty() ? "" : "  from " + report.from(),
                report.problem().isEmpty() ? "" : "\n      " + report.problem() + hint(report)));
    }

    /** Those with the most bytes first. */
    private static void senders(StringBuilder text, NodeProgress node) {
        node.report().bytesFrom().entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey()))
                .forEach(sender -> {
                    Long rate = node.connected() ? node.rates().get(sender.getKey()) : null;
                    text.append(String.format(
                            Locale.ROOT,
                            "      from %-29s %16s received %12s%n",
                            sender.getKey(),
                            bytes(sender.getValue()),
                            rate == null ? "-" : bytes(rate) + "/s"));
                });
    }

    /** What to do about words of a registry that do not say it themselves. */
    private static String hint(TransferReport report) {
        return report.problem().contains("MANIFEST_BLOB_UNKNOWN")
                ? " If the setting platforms leaves out images of an index, this registry does not take the index; clear it."
                : "";
    }

    private static String state(NodeProgress node) {
        String state = node.report().state().name().toLowerCase(Locale.ROOT);
        return node.connected() || node.report().state().isFinal() ? state : "away";
    }

    private static String percent(TransferReport report) {
        if (report.state() == TransferState.DONE || report.bytes() == 0) {
            return report.state() == TransferState.DONE ? "100%" : "-";
        }
        return (100 * (report.bytesThere() + report.bytesReceived()) / report.bytes()) + "%";
    }

    static String where(TransferView view) {
        StringBuilder text = new StringBuilder();
        text.append(view.repository())
                .append(':')
                .append(view.tag())
                .append(" is ")
                .append(view.digest());
        text.append(", generation ").append(view.generation()).append('\n');
        for (NodeProgress node : view.nodes()) {
            String since = node.report().state() == TransferState.DONE ? "since " + node.at() : "";
            text.append(String.format(Locale.ROOT, "  %-24s %-10s %s%n", node.node(), state(node), since));
        }
        return text.toString().stripTrailing();
    }

    /** How far those nodes are that still read an image back. */
    static String checking(List<CheckProgress> waiting) {
        return waiting.stream()
                .map(one -> one.node() + ": "
                        + (one.bytes() == 0 ? "waits" : bytes(one.hashed()) + " of " + bytes(one.bytes())))
                .collect(Collectors.joining(", "));
    }

    /** @param deep whether every byte was read, and what is wrong is sent again */
    static String verdicts(ImageName name, List<Verdict> verdicts, boolean deep) {
        StringBuilder text = new StringBuilder();
        long right = verdicts.stream().filter(Verdict::right).count();
        text.append(name)
                .append(" is whole and right at ")
                .append(right)
                .append(" of ")
                .append(verdicts.size());
        text.append(" nodes.\n");
        for (Verdict verdict : verdicts) {
            String digest = verdict.digest().isEmpty() ? "-" : verdict.digest();
            String state = !verdict.known() ? "unknown" : verdict.right() ? "right" : "WRONG";
            String problem = verdict.problem().isEmpty() ? "" : " " + verdict.problem();
            text.append(String.format(Locale.ROOT, "  %-24s %-7s %s%s%n", verdict.node(), state, digest, problem));
        }
        if (deep && verdicts.stream().anyMatch(verdict -> verdict.known() && !verdict.right())) {
            text.append("It is sent again to where it is WRONG; see image:status ")
                    .append(name)
                    .append(".\n");
        }
        return text.toString().stripTrailing();
    }

    static String bytes(long bytes) {
        return ByteText.of(bytes);
    }

    private static String time(Duration duration) {
        long seconds = duration.toSeconds();
        if (seconds < 60) {
            return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1e3);
        }
        return seconds < 3_600
                ? (seconds / 60) + " min " + (seconds % 60) + " s"
                : (seconds / 3_600) + " h " + ((seconds % 3_600) / 60) + " min";
    }
}
