package io.espalier.replication.shell;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.MeasureMode;
import io.espalier.relay.protocol.Stripe;
import io.espalier.replication.measure.MeasurePlan;
import io.espalier.replication.measure.MeasureReport;
import io.espalier.replication.measure.Measurements;
import io.espalier.replication.plan.PlannerChoice;
import io.espalier.replication.plan.Plans;
import io.espalier.replication.size.ByteSize;
import io.espalier.tree.draw.TreeText;
import io.espalier.tree.stripe.StripedPlan;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** The commands {@code tree:*}; each answers with what is printed and fails with a sentence. Thread-safe. */
public final class TreeConsole {
    private static final String MEASURE = "tree:measure [--mode ping|copy|registry] [--size 8MB]";
    private static final String PLAN = "tree:plan [--size 100MB] [--explain] [--planner greedy|planned] [--stripes N]";
    private static final String SHOW = "tree:show [--size 100MB]";
    private static final long DEFAULT_BYTES = 100_000_000;
    private static final long WAIT_SECONDS = 600;

    private final Measurements measurements;
    private final Plans plans;

    public TreeConsole(Measurements measurements, Plans plans) {
        this.measurements = requireNonNull(measurements, "measurements is null");
        this.plans = requireNonNull(plans, "plans is null");
    }

    /**
     * {@code tree:measure --mode copy --size 8MB}: measures now and waits for it, ten minutes at most.
     *
     * @param before hears what will be done and how many bytes that sends, before it begins
     */
    public String measure(List<String> words, Consumer<String> before) throws InterruptedException {
        CommandWords read = CommandWords.read(MEASURE, words, List.of("--mode", "--size"), List.of())
                .withPlain(0, MEASURE);
        MeasureMode mode = read.value("--mode").map(TreeConsole::mode).orElse(MeasureMode.PING);
        long bytes = read.value("--size").map(text -> copyBytes(mode, text)).orElse(0L);
        MeasurePlan plan = measurements.preview(mode, bytes);
        if (plan.pairs() == 0) {
            return "There is nothing to measure: "
                    + (plan.left() > 0
                            ? "not one copy fits into the limit; use a smaller --size."
                            : "at least two nodes must be connected; node:list shows them.");
        }
        before.accept(plan.sentence());
        CompletableFuture<MeasureReport> running = measurements.measure(plan);
        try {
            return running.get(WAIT_SECONDS, TimeUnit.SECONDS).sentence();
        } catch (TimeoutException slow) {
            return "It still runs after " + WAIT_SECONDS + " s; GET /v1/measurements shows how far it is.";
        } catch (ExecutionException failed) {
            throw new IllegalStateException(
                    "Tried to measure but it failed (" + failed.getCause() + "); the log says more.", failed);
        }
    }

    /** Reads {@code ping}, {@code copy} or {@code registry}. */
    public static MeasureMode mode(String text) {
        return Arrays.stream(MeasureMode.values())
                .filter(mode -> mode.name().toLowerCase(Locale.ROOT).equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "The mode '" + Shown.of(text) + "' is not known; use ping, copy or registry."));
    }

    /** The size of one copy, from 64 KiB to 1 GiB. */
    public static long copyBytes(MeasureMode mode, String text) {
        long bytes = ByteSize.parse("size", text);
        if (mode != MeasureMode.COPY) {
            throw new IllegalArgumentException(
                    "A size is copied only with --mode copy; leave it out, or set the mode.");
        }
        if (bytes < 64 << 10 || bytes > 1 << 30) {
            throw new IllegalArgumentException(
                    "The size '" + Shown.of(text) + "' is no good for a copy; use 64KiB to 1GiB.");
        }
        return bytes;
    }

    /**
     * {@code tree:plan --size 5GB --explain}: the tree for a size and why it is so; another planner's, or another number of
     * stripes, is only shown.
     */
    public String plan(List<String> words) {
        CommandWords read = CommandWords.read(
                        PLAN, words, List.of("--size", "--planner", "--stripes"), List.of("--explain"))
                .withPlain(0, PLAN);
        StripedPlan plan = wanted(read, size(read));
        String text = head(plan) + TreeText.draw(plan);
        return (read.has("--explain") ? text + "\n" + String.join("\n", plan.explainAll()) : text).stripTrailing();
    }

    private StripedPlan wanted(CommandWords read, long bytes) {
        Optional<String> planner = read.value("--planner");
        Optional<Integer> stripes = read.value("--stripes").map(TreeConsole::stripes);
        if (planner.isEmpty() && stripes.isEmpty()) {
            return plans.current(bytes);
        }
        PlannerChoice choice =
                planner.map(name -> plans.planner().named(Shown.of(name))).orElse(plans.planner());
        return stripes.map(number -> plans.propose(choice, bytes, number))
                .orElseGet(() -> plans.propose(choice, bytes));
    }

    private static int stripes(String text) {
        if (!text.matches("[0-9]{1,2}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > Stripe.MOST) {
            throw new IllegalArgumentException("The number of stripes is '" + Shown.of(text)
                    + "'; use a whole number from 1 to " + Stripe.MOST + ".");
        }
        return Integer.parseInt(text);
    }

    /** {@code tree:show}: the tree in force, of each stripe. */
    public String show(List<String> words) {
        CommandWords read =
                CommandWords.read(SHOW, words, List.of("--size"), List.of()).withPlain(0, SHOW);
        StripedPlan plan = plans.current(size(read));
        return (head(plan) + TreeText.draw(plan)).stripTrailing();
    }

    private static long size(CommandWords read) {
        return read.value("--size").map(text -> ByteSize.parse("size", text)).orElse(DEFAULT_BYTES);
    }

    private static String head(StripedPlan plan) {
        return "An image of " + ByteSize.text(plan.request().bytes())
                + (plan.stripes() == 1 ? "" : " in " + plan.stripes() + " stripes") + " reaches all " + plan.reached()
                + " nodes below the master after " + seconds(plan.completionSeconds()) + ", as predicted by planner '"
                + plan.planner() + "'; no way takes less than " + seconds(plan.boundSeconds()) + ":\n";
    }

    private static String seconds(double seconds) {
        return String.format(Locale.ROOT, "%.2f s", seconds);
    }
}
