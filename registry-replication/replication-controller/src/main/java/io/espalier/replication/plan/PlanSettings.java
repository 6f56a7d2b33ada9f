package io.espalier.replication.plan;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.Stripe;
import io.espalier.replication.size.ChunkSize;
import io.espalier.tree.network.Network;
import io.espalier.tree.plan.PlanRequest;
import io.espalier.tree.stripe.StripePlanner;
import io.espalier.tree.stripe.StripedPlan;
import java.time.Duration;

/**
 * How trees are made.
 *
 * @param gainPercent how much faster a new tree must be predicted to be before it replaces one of the same nodes, 0 to 99
 * @param startGrace how long after the start nodes of the last tree count as there although they have not come back yet
 * @param awayGrace how long a node that is gone still counts as there, so that a short break changes no tree
 * @param linkBytesPerSecond the limit put on every link; 0 is none
 * @param chunkBytes of every transfer; 0 is by the size of the image
 * @param stripes most trees that share an image, 1 to 16, where that is clearly faster; 1 is always a plain tree. Only the size-aware
 *     planner makes several
 */
public record PlanSettings(
        PlannerChoice planner,
        int gainPercent,
        Duration startGrace,
        Duration awayGrace,
        long linkBytesPerSecond,
        int chunkBytes,
        int stripes) {
    private static final double HOP_SECONDS = 0.001;

    public static final PlanSettings DEFAULT =
            new PlanSettings(PlannerChoice.PLANNED, 15, Duration.ofSeconds(20), Duration.ofSeconds(3), 0, 0, 8);

    public PlanSettings {
        requireNonNull(planner, "planner is null");
        requireNonNull(startGrace, "startGrace is null");
        requireNonNull(awayGrace, "awayGrace is null");
        if (gainPercent < 0 || gainPercent > 99) {
            throw new IllegalArgumentException("replan-gain-percent is " + gainPercent + "; use 0 to 99.");
        }
        if (linkBytesPerSecond < 0) {
            throw new IllegalArgumentException(
                    "link-bytes-per-second is " + linkBytesPerSecond + "; use 0 for no limit, or more.");
        }
        if (stripes < 1 || stripes > Stripe.MOST) {
            throw new IllegalArgumentException("stripes is " + stripes + "; use 1 to " + Stripe.MOST + ".");
        }
    }

    public PlanSettings with(PlannerChoice other) {
        return new PlanSettings(other, gainPercent, startGrace, awayGrace, linkBytesPerSecond, chunkBytes, stripes);
    }

    public PlanSettings withGrace(Duration start, Duration away) {
        return new PlanSettings(planner, gainPercent, start, away, linkBytesPerSecond, chunkBytes, stripes);
    }

    public PlanSettings withChunks(int bytes) {
        return new PlanSettings(planner, gainPercent, startGrace, awayGrace, linkBytesPerSecond, bytes, stripes);
    }

    public PlanSettings withStripes(int most) {
        return new PlanSettings(planner, gainPercent, startGrace, awayGrace, linkBytesPerSecond, chunkBytes, most);
    }

    /** The best plan from node 0 within these settings. */
    StripedPlan plan(Network network, long bytes) {
        if (planner.stripes()) {
            return new StripePlanner(planner.planner()).best(network, 0, request(bytes), stripes);
        }
        return StripedPlan.plain(planner.planner().plan(network, 0, request(bytes)));
    }

    /**
     * The plan from node 0 with just so many stripes.
     *
     * @throws IllegalArgumentException with a sentence when there are no such stripes or the planner makes none
     */
    StripedPlan plan(Network network, long bytes, int number) {
        if (number < 1 || number > Stripe.MOST) {
            throw new IllegalArgumentException("Tried to plan " + number + " stripes; use 1 to " + Stripe.MOST + ".");
        }
        if (number > 1 && !planner.stripes()) {
            throw new IllegalArgumentException("Tried to plan " + number + " stripes but planner '" + planner.name()
                    + "' makes one tree only; use planner 'planned'.");
        }
        return new StripePlanner(planner.planner()).plan(network, 0, request(bytes), number);
    }

    /** A transfer of so many bytes, in the chunks that transfers of that size use. */
    PlanRequest request(long bytes) {
        return new PlanRequest(bytes, ChunkSize.of(bytes, chunkBytes), HOP_SECONDS);
    }
}
