package io.espalier.replication.plan;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.NodeId;
import io.espalier.replication.measure.Measurements;
import io.espalier.replication.member.Member;
import io.espalier.tree.network.Network;
import io.espalier.tree.plan.TreePlan;
import io.espalier.tree.stripe.StripedPlan;
import io.espalier.tree.stripe.StripedReplan;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Makes the trees on a thread of its own. Thread-safe. */
final class Planning {
    private static final Logger LOG = LoggerFactory.getLogger(Planning.class);
    /** Planning after measurements takes at most a tenth of the time. */
    private static final int REST = 10;
    /** Trees of all sizes that are made for one reason follow each other. */
    private static final long SAME_NANOS = Duration.ofSeconds(10).toNanos();

    private final PlanSettings settings;
    private final Presence presence;
    private final Measurements measurements;
    private final KeptTrees kept;
    private final Clock clock;
    private final Consumer<PlanChange> changed;
    private final StripedReplan replan;
    private final PlanThread thread = new PlanThread();
    private final Map<SizeClass, Made> made = new ConcurrentHashMap<>();
    /** Grows whenever other nodes may be there. */
    private final AtomicLong revision = new AtomicLong();

    private volatile long lastNanos;
    private volatile String toldReason = "";
    private volatile long toldNanos;
    private volatile Optional<String> problem = Optional.empty();

    private record Made(StripedPlan plan, long revision) {}

    Planning(
            PlanSettings settings,
            Presence presence,
            Measurements measurements,
            KeptTrees kept,
            Clock clock,
            Consumer<PlanChange> changed) {
        this.settings = requireNonNull(settings, "settings is null");
        this.presence = presence;
        this.measurements = measurements;
        this.kept = kept;
        this.clock = clock;
        this.changed = changed;
        this.replan = new StripedReplan(settings.gainPercent() / 100.0);
    }

    /** Those of the last tree have some time to come back. */
    void begin() {
        for (String name : kept.lastNames()) {
            presence.grace(new NodeId(name), settings.startGrace());
        }
        membersChangeIn(settings.startGrace());
    }

    StripedPlan current(SizeClass size) {
        long now = revision.get();
        @Nullable Made known = made.get(size);
        if (known != null && known.revision >= now) {
            return known.plan;
        }
        return thread.call("plan the tree for images " + size.text(), () -> make(size, true));
    }

    /** Stores trees that could not be stored before. */
    void saveAgain() {
        thread.soon("save", Duration.ZERO, () -> kept.save(clock.instant()));
    }

    Map<SizeClass, StripedPlan> inForce() {
        Map<SizeClass, StripedPlan> plans = new TreeMap<>(java.util.Comparator.comparingInt(SizeClass::number));
        made.forEach((size, entry) -> plans.put(size, entry.plan));
        return plans;
    }

    Optional<String> problem() {
        return problem;
    }

    void membersChanged() {
        revision.incrementAndGet();
        thread.soon("members", Duration.ZERO, () -> makeAll(true));
    }

    void membersChangeIn(Duration delay) {
        thread.later(delay.plusMillis(1), this::membersChanged);
    }

    void measured() {
        thread.soon("measured", Duration.ofNanos(REST * lastNanos), () -> makeAll(false));
    }

    private void makeAll(boolean members) {
        Set<SizeClass> sizes = new HashSet<>(kept.sizes());
        sizes.addAll(made.keySet());
        if (sizes.isEmpty() && !presence.there().isEmpty()) {
            problem = Optional.empty();
        }
        long start = System.nanoTime();
        for (SizeClass size : sizes) {
            make(size, members);
        }
        lastNanos = System.nanoTime() - start;
    }

    /** The members that are there, the master first. */
    List<Member> there() {
        List<Member> there = presence.there();
        if (there.isEmpty()) {
            throw new PlanException(
                    "Tried to plan a tree but the master's own relay has not joined yet, and it is the root;"
                            + " look whether the bundle image-relay runs here with an empty master setting.");
        }
        return there;
    }

    /** Runs on the planning thread only. */
    private StripedPlan make(SizeClass size, boolean members) {
        long seen = revision.get();
        @Nullable Made before = made.get(size);
        if (members && before != null && before.revision >= seen) {
            return before.plan;
        }
        try {
            Network network = measurements.estimates().network(there());
            StripedPlan fresh = settings.plan(network, size.typicalBytes());
            Optional<StripedPlan> old = keptFor(size, fresh);
            StripedReplan.Decision decision = old.map(plan -> replan.decide(plan, fresh))
                    .orElseGet(() -> new StripedReplan.Decision(fresh, true, "There was no tree of these nodes."));
            StripedPlan plan = decision.plan();
            KeptPlan tree = KeptPlan.of(plan);
            Optional<KeptPlan> last = kept.of(size).stream().findFirst();
            made.put(size, new Made(plan, seen));
            kept.put(size, tree, clock.instant());
            problem = Optional.empty();
            verify(plan);
            if (last.isEmpty() || !last.get().equals(tree)) {
                tell(size, last, plan, decision.reason());
            }
            return plan;
        } catch (PlanException nobody) {
            problem = Optional.of(String.valueOf(nobody.getMessage()));
            throw nobody;
        } catch (RuntimeException failed) {
            problem = Optional.of(
                    "Tried to plan the tree for images " + size.text() + " but it failed (" + failed + ").");
            LOG.error("{}", problem.get(), failed);
            throw new PlanException(problem.get(), failed);
        }
    }

    private Optional<StripedPlan> keptFor(SizeClass size, StripedPlan fresh) {
        for (KeptPlan plan : kept.of(size)) {
            if (plan.planner().equals(fresh.planner())
                    && plan.size() == fresh.size()
                    && plan.stripes() <= settings.stripes()) {
                Optional<StripedPlan> restored = restored(plan, fresh);
                if (restored.isPresent()) {
                    return restored;
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<StripedPlan> restored(KeptPlan plan, StripedPlan fresh) {
        try {
            return plan.on(
                    fresh.network(),
                    fresh.root(),
                    fresh.request(),
                    fresh.first().regions());
        } catch (IllegalArgumentException noTree) {
            LOG.warn("A stored tree is left out: {}", noTree.getMessage());
            return Optional.empty();
        }
    }

    private void verify(StripedPlan plan) {
        Map<NodeId, List<NodeId>> edges = new LinkedHashMap<>();
        for (TreePlan tree : plan.trees()) {
            for (int node : tree.edgesToVerify()) {
                NodeId parent = new NodeId(tree.network().id(tree.parent(node)));
                edges.computeIfAbsent(new NodeId(tree.network().id(node)), child -> new ArrayList<>())
                        .add(parent);
            }
        }
        measurements.verify(edges);
    }

    /** The first tree of a size is no change: nobody follows another one. */
    private void tell(SizeClass size, Optional<KeptPlan> last, StripedPlan plan, String reason) {
        LOG.atLevel(isTold(reason) ? Level.DEBUG : Level.INFO)
                .log(
                        "The tree for images {} is new: {} nodes, {} stripes, {} s predicted. {}",
                        size.text(),
                        plan.size(),
                        plan.stripes(),
                        String.format(java.util.Locale.ROOT, "%.1f", plan.completionSeconds()),
                        reason);
        if (last.isPresent()) {
            boolean members = !last.get().names().equals(KeptPlan.of(plan).names());
            changed.accept(new PlanChange(size, members, reason));
        }
    }

    /** What concerns all sizes is said of the first one alone. On the planning thread only. */
    private boolean isTold(String reason) {
        long now = System.nanoTime();
        boolean told = reason.equals(toldReason) && now - toldNanos < SAME_NANOS;
        toldReason = reason;
        toldNanos = now;
        return told;
    }

    void close() {
        thread.close();
    }
}
