package io.espalier.tree.simulate;

import static java.util.Objects.requireNonNull;

import io.espalier.tree.network.Network;
import io.espalier.tree.plan.CompletionModel;
import io.espalier.tree.plan.Forwarding;
import io.espalier.tree.plan.PlanRequest;
import io.espalier.tree.plan.TreePlan;
import java.util.Arrays;
import java.util.PriorityQueue;

/**
 * Plays a plan chunk by chunk. A node's uplink is shared equally by the transmissions that are under way at the moment, each no
 * faster than the child's downlink and the window allow; a chunk arrives after the latency and can be passed on after the
 * processing time. Nodes may die: their children notice after a while, turn to a backup parent and go on at the first chunk that
 * they miss. Deterministic. Memory grows with nodes, time with nodes times chunks.
 */
public final class Simulator {
    private static final int MOST_TRIES = 100;

    private final TreePlan plan;
    private final PlanRequest request;
    private final CompletionModel model;
    private final int chunks;
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final int[] parent;
    private final Children children;
    private final boolean[] dead;
    private final int[] have;
    private final int[] next;
    private final boolean[] sending;
    private final int[] active;
    private final double[] remaining;
    private final double[] rate;
    private final double[] since;
    private final int[] version;
    private final int[] tries;
    private final double[] done;
    private double noticeSeconds;
    private double now;
    private long count;
    private int lost;
    private int repeated;

    private Simulator(TreePlan plan, Network network) {
        this.plan = requireNonNull(plan, "plan is null");
        request = plan.request();
        model = new CompletionModel(network, request);
        chunks = Math.toIntExact(Math.max(1, -Math.floorDiv(-request.bytes(), request.chunkBytes())));
        int size = plan.size();
        parent = plan.parents();
        children = new Children(plan);
        dead = new boolean[size];
        have = new int[size];
        next = new int[size];
        sending = new boolean[size];
        active = new int[size];
        remaining = new double[size];
        rate = new double[size];
        since = new double[size];
        version = new int[size];
        tries = new int[size];
        done = new double[size];
        Arrays.fill(done, Double.NaN);
    }

    /** Plays the plan on the network it was made for. */
    public static Simulation run(TreePlan plan) {
        return run(plan, plan.network());
    }

    /** Plays the plan on another network with the same nodes: what if the links were like that? */
    public static Simulation run(TreePlan plan, Network network) {
        return new Simulator(plan, network).play();
    }

    /**
     * Plays the plan while a node dies.
     *
     * @param noticeSeconds how long its children need to notice
     */
    public static Simulation runWithDeath(TreePlan plan, int node, double atSeconds, double noticeSeconds) {
        if (node == plan.root() || !plan.contains(node)) {
            throw new IllegalArgumentException("Node " + node + " cannot die: it is the root or not in the tree.");
        }
        if (!(atSeconds >= 0) || !(noticeSeconds > 0)) {
            throw new IllegalArgumentException("A death at " + atSeconds + " s noticed after " + noticeSeconds
                    + " s cannot be played; give 0 or more, and more than 0.");
        }
        Simulator simulator = new Simulator(plan, plan.network());
        simulator.noticeSeconds = noticeSeconds;
        simulator.schedule(atSeconds, Kind.DEATH, node, 0);
        return simulator.play();
    }

    private Simulation play() {
        have[plan.root()] = chunks;
        done[plan.root()] = 0;
        children.of(plan.root()).forEach(this::start);
        while (!events.isEmpty()) {
            Event event = events.remove();
            now = event.seconds();
            switch (event.kind()) {
                case SENT -> sent(event.node(), event.detail());
                case ARRIVED -> arrived(event.node(), event.detail());
                case DEATH -> die(event.node());
                case NOTICED -> attachElsewhere(event.node());
            }
        }
        return new Simulation(done, lost, repeated);
    }

    private void schedule(double seconds, Kind kind, int node, int detail) {
        events.add(new Event(seconds, count++, kind, node, detail));
    }

    private boolean ready(int child) {
        int from = parent[child];
        return from >= 0
                && !dead[from]
                && !dead[child]
                && have[from] > next[child]
                && (request.forwarding() == Forwarding.CUT_THROUGH || have[from] == chunks);
    }

    private void start(int child) {
        if (!sending[child] && ready(child)) {
            sending[child] = true;
            remaining[child] = bytes(next[child]);
            rate[child] = 0;
            since[child] = now;
            active[parent[child]]++;
            share(parent[child]);
        }
    }

    private double bytes(int chunk) {
        return chunk < chunks - 1
                ? request.chunkBytes()
                : request.bytes() - (double) (chunks - 1) * request.chunkBytes();
    }

    /** The transmissions under way have become more or fewer. */
    private void share(int from) {
        for (int child : children.of(from)) {
            if (sending[child]) {
                remaining[child] = Math.max(0, remaining[child] - rate[child] * (now - since[child]));
                since[child] = now;
                rate[child] = model.rate(from, child, active[from]);
                scheduleSent(child);
            }
        }
    }

    private void scheduleSent(int child) {
        if (rate[child] > 0 || remaining[child] == 0) {
            double seconds = remaining[child] == 0 ? 0 : remaining[child] / rate[child];
            schedule(now + seconds, Kind.SENT, child, ++version[child]);
        }
    }

    private void sent(int child, int expected) {
        if (version[child] != expected || !sending[child]) {
            return;
        }
        int from = parent[child];
        double seconds = model.latencySeconds(from, child) + request.hopSeconds();
        schedule(now + seconds, Kind.ARRIVED, child, next[child]++);
        if (ready(child)) {
            remaining[child] = bytes(next[child]);
            since[child] = now;
            scheduleSent(child);
        } else {
            stop(child);
        }
    }

    private void stop(int child) {
        sending[child] = false;
        version[child]++;
        active[parent[child]]--;
        share(parent[child]);
    }

    private void arrived(int node, int chunk) {
        if (dead[node]) {
            return;
        }
        if (chunk != have[node]) {
            repeated++;
            return;
        }
        if (++have[node] == chunks) {
            done[node] = now;
        }
        children.of(node).forEach(this::start);
    }

    private void die(int node) {
        dead[node] = true;
        detach(node);
        for (int child : children.of(node).stream().toList()) {
            detach(child);
            if (have[child] < chunks) {
                schedule(now + noticeSeconds, Kind.NOTICED, child, 0);
            }
        }
    }

    private void detach(int child) {
        if (sending[child]) {
            lost++;
            stop(child);
        }
        children.remove(parent[child], child);
        parent[child] = -1;
    }

    private void attachElsewhere(int child) {
        for (int backup : plan.backups(child)) {
            if (!dead[backup] && rooted(backup, child)) {
                parent[child] = backup;
                children.add(backup, child);
                next[child] = have[child];
                start(child);
                return;
            }
        }
        if (++tries[child] < MOST_TRIES) {
            schedule(now + noticeSeconds, Kind.NOTICED, child, 0);
        }
    }

    /** Whether the node still has a way to the root, and not through the child. */
    private boolean rooted(int node, int child) {
        int at = node;
        while (at >= 0 && at != child && at != plan.root()) {
            at = parent[at];
        }
        return at == plan.root();
    }

    private enum Kind {
        SENT,
        ARRIVED,
        DEATH,
        NOTICED
    }

    /** What happens when; equal times in the order they were planned. */
    private record Event(double seconds, long number, Kind kind, int node, int detail) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Double.compare(seconds, other.seconds);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }
}
