package io.espalier.replication.measure;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.MasterMessage;
import io.espalier.relay.protocol.MeasureMode;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.PeerAddress;
import io.espalier.replication.member.Member;
import io.espalier.replication.member.Members;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** One measurement while it is made. Run by one thread; answers come from others. */
final class MeasureRun {
    private static final int SHOWN = 5;

    private final String id;
    private final MeasurePlan plan;
    private final Members members;
    private final MeasureSettings settings;
    private final PendingOrders pending;
    private final BooleanSupplier stopped;
    private final Clock clock;
    private final Instant started;
    private final List<String> problems = new ArrayList<>();
    private int unsaid;
    private int measured;
    private int sent;

    MeasureRun(
            String id,
            MeasurePlan plan,
            Members members,
            MeasureSettings settings,
            PendingOrders pending,
            BooleanSupplier stopped,
            Clock clock) {
        this.id = requireNonNull(id, "id is null");
        this.plan = plan;
        this.members = members;
        this.settings = settings;
        this.pending = pending;
        this.stopped = stopped;
        this.clock = clock;
        this.started = clock.instant();
    }

    MeasureMode mode() {
        return plan.mode();
    }

    /** Whether an order with this id is of this run. */
    boolean owns(String measurement) {
        return measurement.startsWith(id + "-");
    }

    /** @param round calls this after each round */
    void run(Runnable round) throws InterruptedException {
        for (List<MeasureOrder> orders : plan.rounds()) {
            if (stopped.getAsBoolean()) {
                return;
            }
            round(orders);
            round.run();
        }
    }

    private void round(List<MeasureOrder> orders) throws InterruptedException {
        List<String> ids = new ArrayList<>();
        Duration limit = Duration.ZERO;
        Set<NodeId> copying = plan.mode() == MeasureMode.COPY ? pending.copying() : Set.of();
        for (MeasureOrder order : orders) {
            if (copying.contains(order.node()) || copying.contains(order.peers().get(0))) {
                problem("The copy from " + order.peers().get(0) + " to " + order.node()
                        + " is left out, since an earlier one of theirs has not ended.");
            } else if (send(order, ids)) {
                Duration needed = settings.limit(order, plan.copyBytes());
                limit = needed.compareTo(limit) > 0 ? needed : limit;
            }
        }
        for (String late : pending.await(ids, limit, stopped)) {
            if (!stopped.getAsBoolean()) {
                problem("Order " + late + " was not answered within " + limit.toSeconds()
                        + " s; look at that node's log.");
            }
        }
    }

    private boolean send(MeasureOrder order, List<String> ids) {
        List<Member> peers = order.peers().stream()
                .map(members::find)
                .flatMap(Optional::stream)
                .toList();
        if (peers.isEmpty()) {
            return false;
        }
        String measurement = id + "-" + ++sent + "-" + order.node();
        pending.add(measurement, order, plan.mode() == MeasureMode.COPY, System.nanoTime());
        List<PeerAddress> addresses = peers.stream().map(Member::address).toList();
        List<String> registries = plan.mode() == MeasureMode.REGISTRY
                ? peers.stream().map(Member::registry).toList()
                : List.of();
        boolean queued = members.send(
                order.node(),
                new MasterMessage.Measure(
                        measurement, plan.mode(), addresses, registries, settings.pingRounds(), plan.copyBytes()));
        if (queued) {
            ids.add(measurement);
        } else {
            pending.cancel(measurement);
            problem(order.node() + " is not connected.");
        }
        return queued;
    }

    synchronized void counted(int results) {
        measured += results;
    }

    synchronized void problem(String sentence) {
        if (problems.size() < SHOWN) {
            problems.add(sentence);
        } else {
            unsaid++;
        }
    }

    synchronized MeasureReport report(Optional<Instant> finished) {
        List<String> said = new ArrayList<>(problems);
        if (unsaid > 0) {
            said.add("And " + unsaid + " more problems.");
        }
        return new MeasureReport(id, plan.mode(), plan.pairs(), measured, plan.bytes(), said, started, finished);
    }

    MeasureReport finished() {
        return report(Optional.of(clock.instant()));
    }
}
