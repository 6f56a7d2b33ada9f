package io.espalier.replication.plan;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.NodeMessage;
import io.espalier.relay.protocol.Route;
import io.espalier.replication.measure.Measurements;
import io.espalier.replication.member.Member;
import io.espalier.replication.member.MemberListener;
import io.espalier.replication.member.Members;
import io.espalier.replication.store.MeasurementStore;
import io.espalier.tree.network.Network;
import io.espalier.tree.plan.PlanRequest;
import io.espalier.tree.stripe.StripedPlan;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The tree in force for each size of image. Trees are made anew on a thread of their own when nodes come or go and when something
 * was measured; one of the same nodes changes only when it becomes clearly faster. Trees are stored, so that a restart shows the
 * same ones. Thread-safe.
 */
public final class Plans implements MemberListener, AutoCloseable {
    private final PlanSettings settings;
    private final Members members;
    private final Measurements measurements;
    private final Presence presence;
    private final Planning planning;
    private final List<Consumer<PlanChange>> listeners = new CopyOnWriteArrayList<>();

    private Plans(
            PlanSettings settings, Members members, Measurements measurements, MeasurementStore store, Clock clock) {
        this.settings = requireNonNull(settings, "settings is null");
        this.members = requireNonNull(members, "members is null");
        this.measurements = requireNonNull(measurements, "measurements is null");
        this.presence = new Presence(members, clock);
        this.planning = new Planning(settings, presence, measurements, new KeptTrees(store), clock, this::tell);
    }

    /** Reads the stored trees and follows members and measurements from now on. */
    public static Plans start(
            PlanSettings settings, Members members, Measurements measurements, MeasurementStore store, Clock clock) {
        Plans plans = new Plans(settings, members, measurements, store, clock);
        plans.planning.begin();
        members.listen(plans);
        measurements.whenChanged(plans.planning::measured);
        return plans;
    }

    /**
     * The tree for an image of so many bytes, with times predicted for just that size. Blocks only when the tree is not made yet.
     *
     * @throws PlanException with a sentence, as when the master's relay is not there yet
     */
    public StripedPlan current(long bytes) {
        return planning.current(SizeClass.of(bytes)).forRequest(settings.request(bytes));
    }

    /**
     * Makes all trees anew now; one of the same nodes changes only when it becomes clearly faster. Blocks for the one of this size.
     *
     * @throws PlanException with a sentence
     */
    public StripedPlan anew(long bytes) {
        planning.membersChanged();
        return current(bytes);
    }

    /**
     * What a planner would make of the nodes that are there, without keeping it.
     *
     * @throws PlanException with a sentence
     */
    public StripedPlan propose(PlannerChoice choice, long bytes) {
        Network network = measurements.estimates().network(planning.there());
        return settings.with(choice).plan(network, bytes);
    }

    /**
     * The same with just so many stripes, also where they gain nothing.
     *
     * @throws PlanException with a sentence
     * @throws IllegalArgumentException with a sentence when there are no such stripes or the planner makes none
     */
    public StripedPlan propose(PlannerChoice choice, long bytes, int stripes) {
        Network network = measurements.estimates().network(planning.there());
        return settings.with(choice).plan(network, bytes, stripes);
    }

    /**
     * The tree for just these members: that in force when it has the same nodes, else one that is made for the moment.
     *
     * @throws PlanException with a sentence when the master is not among them
     */
    public StripedPlan over(Collection<Member> chosen, long bytes) {
        Set<NodeId> wanted = chosen.stream().map(Member::id).collect(Collectors.toSet());
        if (presence.there().stream()
                .map(Member::id)
                .collect(Collectors.toSet())
                .equals(wanted)) {
            return current(bytes);
        }
        List<Member> nodes = chosen.stream()
                .sorted(Comparator.comparing((Member member) -> !member.master())
                        .thenComparing(Member::id))
                .toList();
        if (nodes.isEmpty() || !nodes.get(0).master()) {
            throw new PlanException("Tried to plan a tree of " + nodes.size()
                    + " nodes but the master's relay is not among them, and it is the root.");
        }
        return settings.plan(measurements.estimates().network(nodes), bytes);
    }

    /** Of those that have an image, the best sources for a node, best first; never the node itself. */
    public List<Member> nearest(Member node, Collection<Member> holders) {
        List<Member> both = new ArrayList<>(List.of(node));
        holders.stream().filter(holder -> !holder.id().equals(node.id())).forEach(both::add);
        Network network = measurements.estimates().network(both);
        return IntStream.range(1, both.size())
                .boxed()
                .sorted(Comparator.comparingDouble((Integer at) -> Backfill.millis(network, at, 0)))
                .map(both::get)
                .toList();
    }

    /** The setting, of which {@link PlannerChoice#named} makes another one. */
    public PlannerChoice planner() {
        return settings.planner();
    }

    /** The parent and the backups of every node in each stripe; what a tree does not reach gets its stripe from the root. */
    public Map<NodeId, Route> routes(StripedPlan plan) {
        return new RouteMaker(members, settings.linkBytesPerSecond()).routes(plan, true);
    }

    /**
     * Routes for those that still need an image which others have already.
     *
     * @param sources who has it; those that are away are not used, and the master counts as one when nobody is left
     * @param targets who needs it; those that are away get no route
     * @throws PlanException with a sentence
     */
    public Map<NodeId, Route> backfill(Collection<NodeId> sources, Collection<NodeId> targets, long bytes) {
        PlanRequest request = settings.request(bytes);
        return new Backfill(measurements.estimates(), settings, members)
                .routes(planning.there(), List.copyOf(sources), List.copyOf(targets), request);
    }

    /**
     * Calls this on the planning thread after a tree has changed; the call must not block for long.
     *
     * @return ends this
     */
    public Runnable whenChanged(Consumer<PlanChange> listener) {
        listeners.add(requireNonNull(listener, "listener is null"));
        return () -> listeners.remove(listener);
    }

    private void tell(PlanChange change) {
        listeners.forEach(listener -> listener.accept(change));
    }

    /** The trees in force, by size; those that nobody has asked for yet are missing. */
    public Map<SizeClass, StripedPlan> inForce() {
        return planning.inForce();
    }

    /** Why the last planning failed, as a sentence; empty when it did not. */
    public Optional<String> problem() {
        return planning.problem();
    }

    /** Stores what could not be stored while the database was away. */
    public void saveAgain() {
        planning.saveAgain();
    }

    @Override
    public void connected(Member member, NodeMessage.Hello hello) {
        presence.noGrace(member.id());
        planning.membersChanged();
    }

    @Override
    public void received(Member member, NodeMessage message) {}

    @Override
    public void away(Member member) {
        presence.grace(member.id(), settings.awayGrace());
        planning.membersChangeIn(settings.awayGrace());
    }

    @Override
    public void removed(Member member) {
        presence.noGrace(member.id());
        planning.membersChanged();
    }

    /** Ends the planning thread within 5 s. */
    @Override
    public void close() {
        planning.close();
    }
}
