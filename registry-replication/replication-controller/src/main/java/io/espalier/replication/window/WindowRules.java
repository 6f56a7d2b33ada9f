package io.espalier.replication.window;

import static java.util.Objects.requireNonNull;

import io.espalier.replication.image.GlobList;
import io.espalier.replication.member.Member;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Which nodes take images only at certain times. A node that no window is for takes them always, as the master does.
 *
 * @param windows of a node that matches several, each is enough
 * @param aboveBytes images of at most that many bytes are sent at any time; 0 for none
 * @param exempt repositories whose images are sent at any time; empty for none
 */
public record WindowRules(List<TimeWindow> windows, long aboveBytes, Optional<GlobList> exempt) {
    /** Every node takes images always. */
    public static final WindowRules NONE = new WindowRules(List.of(), 0, Optional.empty());

    private static final int SHOWN = 10;

    public WindowRules {
        windows = List.copyOf(windows);
        requireNonNull(exempt, "exempt is null");
        if (aboveBytes < 0) {
            throw new IllegalArgumentException("window-above-bytes is " + aboveBytes + "; use 0 or more.");
        }
    }

    /**
     * Reads rules; blank ones are left out.
     *
     * @throws IllegalArgumentException with a sentence
     */
    public static WindowRules parse(List<String> windows, long aboveBytes, List<String> exempt) {
        List<String> globs = exempt.stream().filter(glob -> !glob.isBlank()).toList();
        return new WindowRules(
                windows.stream()
                        .filter(text -> !text.isBlank())
                        .map(TimeWindow::parse)
                        .toList(),
                aboveBytes,
                // No glob at all would stand for everything.
                globs.isEmpty() ? Optional.empty() : Optional.of(GlobList.of(globs)));
    }

    /** Whether such an image waits for windows at all. */
    public boolean isSubject(String repository, long bytes) {
        return !windows.isEmpty()
                && (aboveBytes == 0 || bytes > aboveBytes)
                && exempt.filter(globs -> globs.matches(repository)).isEmpty();
    }

    /** The windows of a node; none means that it takes images always, as the master does. */
    private List<TimeWindow> of(Member node) {
        return node.master()
                ? List.of()
                : windows.stream()
                        .filter(window -> window.isFor(node.id().value(), node.site()))
                        .toList();
    }

    /** The times of a node's windows, also while one is open, as {@code 22:00-06:00 mon,tue UTC}; empty when it has none. */
    public String times(Member node) {
        return of(node).stream().map(TimeWindow::times).collect(Collectors.joining("; "));
    }

    /**
     * What is wrong with windows that are for none of these, so that they do nothing: a sentence for each, by the window. As long as
     * there is no node but the master, that is nothing yet.
     */
    public Map<String, String> idle(Collection<Member> members) {
        List<Member> nodes = members.stream().filter(member -> !member.master()).toList();
        if (nodes.isEmpty()) {
            return Map.of();
        }
        String known = nodes.stream()
                .limit(SHOWN)
                .map(node -> node.site().isEmpty() ? node.id().value() : node.id() + " at " + node.site())
                .collect(Collectors.joining(", ", "", nodes.size() > SHOWN ? ", ..." : ""));
        return windows.stream()
                .filter(window -> nodes.stream().noneMatch(node -> of(node).contains(window)))
                .map(TimeWindow::toString)
                .distinct()
                .collect(Collectors.toMap(
                        window -> window,
                        window -> "The window '" + window + "' is for no node or site that is known (" + known
                                + "), and never for the master; it does nothing. Write another name, or a glob as"
                                + " branch-*."));
    }

    /** When the node takes images again; empty while it does. */
    public Optional<Instant> opensAt(Member node, Instant now) {
        List<TimeWindow> own = of(node);
        if (own.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(own.stream()
                        .flatMap(window -> window.opens(now).stream())
                        .min(Comparator.naturalOrder())
                        .orElse(Instant.MAX))
                .filter(opens -> opens.isAfter(now));
    }

    /** The same as a sentence for operators. */
    public static String sentence(Instant opens) {
        return "It waits for its window, which opens at " + opens + ".";
    }
}
