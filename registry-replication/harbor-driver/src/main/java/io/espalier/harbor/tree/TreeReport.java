package io.espalier.harbor.tree;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What applying or removing a tree did.
 *
 * @param dry whether nothing was changed and the steps tell what would be
 */
public record TreeReport(boolean dry, List<TreeStep> steps) {
    public TreeReport {
        steps = List.copyOf(steps);
    }

    /** What failed, as sentences. */
    public List<String> failures() {
        return steps.stream()
                .filter(step -> step.kind() == TreeStep.Kind.FAIL)
                .map(TreeStep::why)
                .toList();
    }

    /** What is different afterwards. */
    public List<TreeStep> changes() {
        return steps.stream().filter(TreeStep::changes).toList();
    }

    /** One line for each step and one for all. */
    public String text() {
        String lines = steps.stream().map(TreeStep::toString).collect(Collectors.joining("\n"));
        return lines + (lines.isEmpty() ? "" : "\n") + changes().size()
                + (dry ? " changes would be made, " : " changes made, ")
                + failures().size() + " failed.";
    }
}
