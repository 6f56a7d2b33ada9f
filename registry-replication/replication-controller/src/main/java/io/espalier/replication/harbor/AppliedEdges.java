package io.espalier.replication.harbor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.espalier.files.DurableFiles;
import io.espalier.harbor.node.HarborEdge;
import io.espalier.harbor.node.HarborNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The tree that was applied last, kept in a file of lines {@code PARENT CHILD}, so that runs follow it after a restart. */
final class AppliedEdges {
    private final Path file;
    private final Map<String, HarborNode> harbors;

    AppliedEdges(Path file, List<HarborNode> harbors) {
        this.file = requireNonNull(file, "file is null");
        this.harbors = harbors.stream().collect(Collectors.toMap(HarborNode::name, Function.identity()));
    }

    /** Edges of Harbors that are configured no more are left out. */
    synchronized List<HarborEdge> read() {
        if (!Files.exists(file)) {
            return List.of();
        }
        try {
            return Files.readAllLines(file, UTF_8).stream()
                    .map(line -> line.split(" ", 2))
                    .filter(pair -> pair.length == 2 && harbors.containsKey(pair[0]) && harbors.containsKey(pair[1]))
                    .map(pair ->
                            new HarborEdge(requireNonNull(harbors.get(pair[0])), requireNonNull(harbors.get(pair[1]))))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("Tried to read the tree of Harbors from " + file + ".", e);
        }
    }

    synchronized void write(List<HarborEdge> edges) {
        String text = edges.stream()
                .map(edge -> edge.parent().name() + " " + edge.child().name() + "\n")
                .collect(Collectors.joining());
        try {
            DurableFiles.replace(file, text.getBytes(UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("Tried to keep the tree of Harbors in " + file + ".", e);
        }
    }
}
