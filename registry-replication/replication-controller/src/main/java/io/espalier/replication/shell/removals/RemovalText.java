package io.espalier.replication.shell.removals;

import io.espalier.replication.image.ImageName;
import io.espalier.replication.removal.NodePreview;
import io.espalier.replication.removal.RemovalView;
import io.espalier.replication.retention.RetentionHints;
import io.espalier.replication.retention.RetentionRule;
import io.espalier.replication.shell.ByteText;
import io.espalier.replication.store.RemovalStore.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Removals as an operator reads them. */
final class RemovalText {
    private RemovalText() {}

    /** @param undecided all of them, also those that are not in the list */
    static String list(List<RemovalView> views, int undecided) {
        if (views.isEmpty()) {
            return "No image is gone from the master's registry.";
        }
        StringBuilder text = new StringBuilder();
        views.forEach(view -> one(text, view));
        long shown = views.stream().filter(RemovalText::isUndecided).count();
        if (shown < undecided) {
            text.append("and ").append(undecided - shown).append(" more that are not decided");
        }
        return text.toString().stripTrailing();
    }

    private static boolean isUndecided(RemovalView view) {
        return switch (view.state()) {
            case GRACE, HELD, ORDERED -> true;
            case KEPT, REJECTED, DONE -> false;
        };
    }

    private static void one(StringBuilder text, RemovalView view) {
        text.append(String.format(
                Locale.ROOT,
                "%s  %s  %s  gone since %s  %s%n",
                view.id(),
                view.image(),
                view.state().name().toLowerCase(Locale.ROOT),
                view.seen(),
                words(view)));
        if (view.state() != State.DONE) {
            view.nodes().forEach(node -> node(text, node));
        } else {
            view.nodes().stream().filter(node -> !node.sentence().isEmpty()).forEach(node -> node(text, node));
        }
    }

    private static String words(RemovalView view) {
        String hand = view.byHand() ? "by hand" : "";
        return switch (view.state()) {
            case GRACE ->
                "nodes are told at " + view.due().map(Object::toString).orElse("-");
            case HELD -> view.reason() + " Nodes keep it; --confirm or --reject it.";
            case KEPT, REJECTED -> "nodes keep it: " + view.reason();
            case ORDERED, DONE -> hand;
        };
    }

    private static void node(StringBuilder text, RemovalView.Part node) {
        String state = node.outcome().isEmpty()
                ? node.connected() ? "asked" : "away"
                : node.outcome().toLowerCase(Locale.ROOT);
        text.append(String.format(Locale.ROOT, "    %-24s %-11s %s%n", node.node(), state, node.sentence())
                        .stripTrailing())
                .append('\n');
    }

    static String preview(ImageName name, List<NodePreview> nodes) {
        StringBuilder text =
                new StringBuilder("Dry run for " + name + "; nothing was removed. It is at most what would go.\n");
        for (NodePreview node : nodes) {
            text.append(String.format(Locale.ROOT, "  %-24s %s%n", node.node(), what(node)));
            if (!node.sentence().isEmpty()) {
                text.append("      ").append(node.sentence()).append('\n');
            }
        }
        if (nodes.isEmpty()) {
            text.append("  There is no node but the master.\n");
        }
        return text.toString().stripTrailing();
    }

    static String hints(RetentionRule rule, RetentionHints hints) {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "By %s, %d of %d images could go, which would free %s of %s in each registry. Nothing is deleted by itself.%n",
                rule,
                hints.going(),
                hints.images(),
                ByteText.of(hints.freed()),
                ByteText.of(hints.bytes())));
        for (RetentionHints.Repository repository : hints.repositories()) {
            text.append(String.format(
                    Locale.ROOT,
                    "%s: %d of %d tags, %s alone%n",
                    repository.name(),
                    repository.going().size(),
                    repository.tags(),
                    ByteText.of(repository.freed())));
            repository.going().forEach(tag -> text.append("    ")
                    .append(tag.name())
                    .append("  since ")
                    .append(tag.changed())
                    .append('\n'));
        }
        return text.toString().stripTrailing();
    }

    private static String what(NodePreview node) {
        List<String> goes = new ArrayList<>();
        if (!node.tags().isEmpty()) {
            goes.add("tags " + String.join(", ", node.tags()));
        }
        if (!node.manifests().isEmpty()) {
            goes.add("manifests " + String.join(", ", node.manifests()));
        }
        if (!goes.isEmpty()) {
            return "would lose " + String.join(" and ", goes);
        }
        return switch (node.outcome()) {
            case "" -> "unknown";
            case "GONE" -> "has no such tag";
            default -> "keeps it";
        };
    }
}
