package io.espalier.replication.harbor;

import static java.util.Objects.requireNonNull;

import io.espalier.harbor.error.HarborException;
import io.espalier.harbor.error.HarborTrouble;
import io.espalier.harbor.node.HarborEdge;
import io.espalier.harbor.node.HarborNode;
import io.espalier.harbor.run.HarborCascade;
import io.espalier.harbor.run.HarborRun;
import io.espalier.harbor.run.HopResult;
import io.espalier.harbor.run.RunProgress;
import io.espalier.harbor.run.RunSettings;
import io.espalier.harbor.session.HarborFacts;
import io.espalier.harbor.session.HarborSessions;
import io.espalier.harbor.tree.HarborTree;
import io.espalier.harbor.tree.TreeReport;
import io.espalier.harbor.webhook.HarborEvent;
import io.espalier.harbor.webhook.HarborEvents;
import io.espalier.replication.member.Member;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The Harbors of the cluster: planned, their tree applied and removed, images carried down it, by hand or when the root's webhook
 * tells of a push. It owns its threads, which {@link #close} ends. Thread-safe; calls block.
 */
public final class HarborService implements AutoCloseable {
    private static final int HOPS_AT_ONCE = 8;
    private static final int LOOKS = 3;
    private static final Duration AGAIN = Duration.ofMinutes(10);

    private final HarborSettings settings;
    private final HarborView view;
    private final HarborSessions sessions;
    private final HarborTree tree;
    private final AppliedEdges applied;
    private final HarborCascade cascade;
    private final Carrier carrier;
    private final Optional<HarborEvents> events;
    private final HarborHooks hooks;

    private HarborService(HarborSettings settings, HarborView view, HarborHooks hooks, RunSettings runs) {
        this.settings = requireNonNull(settings, "settings is null");
        this.view = requireNonNull(view, "view is null");
        this.hooks = requireNonNull(hooks, "hooks is null");
        sessions = HarborSessions.create();
        tree = new HarborTree(settings.cluster(), sessions);
        applied = new AppliedEdges(settings.file(), settings.harbors());
        cascade = new HarborCascade(new HarborRun(settings.cluster(), sessions, runs), HOPS_AT_ONCE);
        WaitingImages waiting = WaitingImages.open(settings.file().resolveSibling("harbor-waiting"), Clock.systemUTC());
        carrier = new Carrier(settings, sessions, cascade, applied, this::relayOf, view.relays(), waiting);
        events = settings.webhookToken().isBlank()
                ? Optional.empty()
                : Optional.of(new HarborEvents(settings.webhookToken()));
    }

    /** Hears webhooks from now on, and carries what an earlier run could not. */
    public static HarborService start(HarborSettings settings, HarborView view, HarborHooks hooks, RunSettings runs) {
        return start(settings, view, hooks, runs, AGAIN);
    }

    /** @param again between two looks at what is still to be carried */
    static HarborService start(
            HarborSettings settings, HarborView view, HarborHooks hooks, RunSettings runs, Duration again) {
        try {
            Files.createDirectories(settings.file().toAbsolutePath().getParent());
        } catch (IOException e) {
            throw new UncheckedIOException("Tried to make the folder of " + settings.file() + ".", e);
        }
        HarborService service = new HarborService(settings, view, hooks, runs);
        hooks.use(service);
        if (settings.automatic()) {
            service.carrier.begin(again);
        }
        return service;
    }

    /** Every Harbor as it answers now, the root first. */
    public List<HarborState> states() throws HarborException {
        List<HarborState> states = new ArrayList<>();
        for (HarborNode node : settings.harbors()) {
            states.add(state(node));
        }
        return states;
    }

    private HarborState state(HarborNode node) throws HarborException {
        String relay = relayOf(node).map(member -> member.id().value()).orElse("");
        try {
            return new HarborState(node, Optional.of(sessions.of(node).ready()), "", relay);
        } catch (HarborException e) {
            if (e.trouble() == HarborTrouble.INTERRUPTED) {
                throw e;
            }
            return new HarborState(node, Optional.empty(), e.sentence(), relay);
        }
    }

    private Optional<Member> relayOf(HarborNode node) {
        return HarborPlanner.relay(node, view.members().get());
    }

    /** The tree over the Harbors that can be used, as it is measured now. */
    private List<HarborEdge> plan(List<HarborState> states, long bytes) throws HarborException {
        List<HarborNode> usable = new ArrayList<>();
        Map<String, Double> millis = new HashMap<>();
        for (HarborState state : states) {
            if (state.facts().isPresent()) {
                usable.add(state.node());
                millis.put(state.node().name(), roundTrip(state.node()));
            }
        }
        if (usable.isEmpty() || !usable.get(0).equals(settings.root())) {
            throw new HarborException(
                    HarborTrouble.UNREACHABLE,
                    "The root of the tree cannot be used: " + states.get(0).problem());
        }
        return new HarborPlanner(view.planner().get(), view.measured())
                .edges(usable, millis, view.members().get(), bytes);
    }

    private double roundTrip(HarborNode node) throws HarborException {
        double least = Double.MAX_VALUE;
        for (int look = 0; look < LOOKS; look++) {
            HarborFacts facts = sessions.of(node).facts();
            least = Math.min(least, facts.roundTripMillis());
        }
        return least;
    }

    /**
     * Plans the tree for images of this size and writes it into the Harbors. One that cannot be used now keeps the edge that it had.
     *
     * @param dry changes nothing and tells every call that would
     * @return the tree as lines, then what was done
     */
    public Applied apply(long bytes, boolean dry) throws HarborException {
        List<HarborState> states = states();
        KeptEdges kept = KeptEdges.of(plan(states, bytes), applied.read(), states);
        TreeReport report = tree.apply(settings.harbors(), kept.edges(), settings.edges(), dry);
        if (!dry) {
            applied.write(kept.edges());
        }
        return new Applied(HarborPlanner.draw(settings.root(), kept.edges()), kept.sentences(), report);
    }

    /**
     * What applying came to.
     *
     * @param away a sentence for each Harbor that cannot be used now
     */
    public record Applied(String tree, List<String> away, TreeReport report) {
        public Applied {
            away = List.copyOf(away);
        }
    }

    /** The Harbors that have no place in the tree that was applied; empty when none was. */
    public List<String> left() {
        List<HarborEdge> edges = applied.read();
        return edges.isEmpty()
                ? List.of()
                : settings.harbors().stream()
                        .filter(node -> !node.equals(settings.root())
                                && edges.stream().noneMatch(edge -> edge.child().equals(node)))
                        .map(HarborNode::name)
                        .toList();
    }

    /** Removes what was made in the Harbors for this cluster. */
    public TreeReport remove(boolean dry) throws HarborException {
        TreeReport report = tree.remove(settings.harbors(), dry);
        if (!dry) {
            applied.write(List.of());
        }
        return report;
    }

    /**
     * Carries a tag of the root down the tree that was applied, and waits for it.
     *
     * @param progress called by several threads
     */
    public List<HopResult> push(String repository, String tag, Consumer<RunProgress> progress) throws HarborException {
        return carrier.carry(repository, tag, progress);
    }

    /** What became of the latest images, as lines, the newest first. */
    public List<String> latest() {
        return carrier.latest();
    }

    /** What webhooks told of and some Harbor still lacks, as lines, the oldest first; none when webhooks carry nothing. */
    public List<String> waiting() {
        return settings.automatic() ? carrier.waiting() : List.of();
    }

    /**
     * Takes a webhook.
     *
     * @return false when too much is waiting
     */
    boolean heard(@Nullable String authorization, byte[] body) throws HarborException {
        if (events.isEmpty()) {
            throw new HarborException(
                    HarborTrouble.CREDENTIALS, "Webhooks are refused as long as webhook-token is not set.");
        }
        HarborEvent event = events.get().read(authorization, body);
        if (event instanceof HarborEvent.Pushed pushed) {
            return pushed(pushed);
        }
        if (event instanceof HarborEvent.Replicated replicated) {
            carrier.replicated(replicated);
        }
        return true;
    }

    private boolean pushed(HarborEvent.Pushed pushed) {
        boolean taken = true;
        for (HarborEvent.PushedArtifact artifact : pushed.artifacts()) {
            String tag = artifact.tag().orElse("");
            if (!tag.isEmpty()) {
                taken &= view.relays().changed(pushed.repository(), tag, artifact.digest());
                taken &= !settings.automatic() || carrier.later(pushed.repository(), tag);
            }
        }
        return taken;
    }

    @Override
    public void close() {
        hooks.forget(this);
        carrier.close();
        cascade.close();
        sessions.close();
    }
}
