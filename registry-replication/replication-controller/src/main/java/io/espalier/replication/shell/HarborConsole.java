package io.espalier.replication.shell;

import static java.util.Objects.requireNonNull;

import io.espalier.harbor.error.HarborException;
import io.espalier.harbor.run.HopResult;
import io.espalier.harbor.run.RunProgress;
import io.espalier.replication.harbor.HarborService;
import io.espalier.replication.harbor.HarborState;
import io.espalier.replication.size.ByteSize;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The commands {@code harbor:*}, {@code tree:apply} and {@code tree:remove}; each answers with what is printed. Thread-safe. */
public final class HarborConsole {
    private static final String APPLY = "tree:apply --harbor [--size 100MB] [--dry-run]";
    private static final String REMOVE = "tree:remove [--harbor] [--dry-run]";
    private static final String PUSH = "harbor:push PROJECT/REPOSITORY:TAG";
    private static final long DEFAULT_BYTES = 100_000_000;

    private final Supplier<HarborService> harbors;

    /**
     * Commands of these Harbors.
     *
     * @param harbors throws {@code IllegalStateException} with a sentence while there are none
     */
    public HarborConsole(Supplier<HarborService> harbors) {
        this.harbors = requireNonNull(harbors, "harbors is null");
    }

    /** {@code harbor:list}: every Harbor and whether it can be used. */
    public String list() throws HarborException {
        return harbors.get().states().stream().map(HarborConsole::line).collect(Collectors.joining("\n"));
    }

    private static String line(HarborState state) {
        String start = state.node().name() + "  " + state.node().url()
                + (state.node().site().isEmpty() ? "" : "  site " + state.node().site())
                + (state.relay().isEmpty() ? "" : "  relay " + state.relay());
        return state.facts()
                .map(facts -> start + "  Harbor " + facts.version() + "  "
                        + String.format(Locale.ROOT, "%.1f ms", facts.roundTripMillis()))
                .orElseGet(() -> start + "  cannot be used: " + state.problem());
    }

    /** {@code tree:apply --harbor}. */
    public String apply(List<String> words) throws HarborException {
        CommandWords read = CommandWords.read(APPLY, words, List.of("--size"), List.of("--harbor", "--dry-run"))
                .withPlain(0, APPLY);
        if (!read.has("--harbor")) {
            throw new IllegalArgumentException(
                    "Trees of relays need not be applied, they are in force at once; for those of Harbors write "
                            + APPLY + ".");
        }
        long bytes =
                read.value("--size").map(text -> ByteSize.parse("size", text)).orElse(DEFAULT_BYTES);
        HarborService.Applied applied = harbors.get().apply(bytes, read.has("--dry-run"));
        return applied.tree() + "\n"
                + applied.away().stream().map(sentence -> sentence + "\n").collect(Collectors.joining())
                + applied.report().text();
    }

    /** {@code tree:remove}: what was made in the Harbors. */
    public String remove(List<String> words) throws HarborException {
        CommandWords read = CommandWords.read(REMOVE, words, List.of(), List.of("--harbor", "--dry-run"))
                .withPlain(0, REMOVE);
        return harbors.get().remove(read.has("--dry-run")).text();
    }

    /**
     * {@code harbor:push library/app:1}: carries a tag of the root down the tree and waits for it.
     *
     * @param screen hears of every change on the way, from several threads
     */
    public String push(List<String> words, Consumer<String> screen) throws HarborException {
        CommandWords read = CommandWords.read(PUSH, words, List.of(), List.of()).withPlain(1, PUSH);
        String name = read.plain().get(0);
        int colon = name.lastIndexOf(':');
        if (colon < 1 || colon < name.lastIndexOf('/')) {
            throw new IllegalArgumentException("The image '" + Shown.of(name) + "' has no tag; write " + PUSH + ".");
        }
        Map<String, String> told = new ConcurrentHashMap<>();
        List<HopResult> results = harbors.get()
                .push(name.substring(0, colon), name.substring(colon + 1), step -> tell(step, told, screen));
        return results.stream().map(HarborConsole::line).collect(Collectors.joining("\n"));
    }

    /** Only what differs from the last line of the same edge. */
    private static void tell(RunProgress step, Map<String, String> told, Consumer<String> screen) {
        String line = step.edge() + " " + step.text()
                + (step.stage() == RunProgress.Stage.COPY
                        ? ", " + step.done() + " of " + step.total() + " repositories"
                        : "");
        if (!line.equals(told.put(step.edge().toString(), line))) {
            screen.accept(line);
        }
    }

    private static String line(HopResult result) {
        String child = result.edge().child().name();
        if (result instanceof HopResult.Carried carried) {
            return child + ": " + (carried.copied() ? "arrived after " : "was there, checked in ")
                    + String.format(Locale.ROOT, "%.1f s", carried.seconds())
                    + (carried.mended().isEmpty() ? "" : ", tags set afterwards: " + carried.mended());
        }
        return result instanceof HopResult.Failed failed
                ? child + ": failed. " + failed.sentence()
                : child + ": not reached, since " + result.edge().parent().name() + " does not have it.";
    }

    /** {@code harbor:status}: what became of the latest images, what is still to be carried, and which Harbors get none. */
    public String status() {
        HarborService service = harbors.get();
        List<String> lines = new ArrayList<>(service.latest());
        lines.addAll(service.waiting());
        if (lines.isEmpty()) {
            lines.add("Nothing was carried yet.");
        }
        List<String> left = service.left();
        if (!left.isEmpty()) {
            lines.add("Not in the applied tree: " + String.join(", ", left) + "; run tree:apply --harbor.");
        }
        return String.join("\n", lines);
    }
}
