package io.espalier.relay.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.feed.Feed;
import io.espalier.relay.feed.FeedLimits;
import io.espalier.relay.feed.FeedOpener;
import io.espalier.relay.feed.Upstream;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.NodeMessage.Observed;
import io.espalier.relay.protocol.PeerAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The feeds to all sources, one for each, and the rules by which a node leaves a source: it closed, it is silent, it is slow though
 * it has chunks, or it brings nothing at all for long. Thread-safe.
 */
final class FeedHub implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(FeedHub.class);
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(30);
    /** A look that comes so late says that this node has no time. */
    private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(400);

    /** A source without chunks is not to be blamed, but after so many windows another one is tried all the same. */
    private static final int STARVING_WINDOWS = 5;

    private final FeedOpener opener;
    private final EngineSettings settings;
    private final Consumer<Observed> observed;
    private final ExecutorService connector;
    private final Map<PeerAddress, SourceLink> links = new HashMap<>();
    private long ticked = System.nanoTime();
    private boolean closed;

    FeedHub(FeedOpener opener, EngineSettings settings, Consumer<Observed> observed, ExecutorService connector) {
        this.opener = requireNonNull(opener, "opener is null");
        this.settings = requireNonNull(settings, "settings is null");
        this.observed = requireNonNull(observed, "observed is null");
        this.connector = requireNonNull(connector, "connector is null");
    }

    /** The link to a source, opened in the background if there is none. */
    SourceLink link(PeerAddress peer) {
        SourceLink link;
        synchronized (this) {
            SourceLink there = links.get(peer);
            if (there != null) {
                return there;
            }
            link = new SourceLink(peer, this);
            if (!closed) {
                links.put(peer, link);
            }
        }
        try {
            connector.execute(() -> connect(link));
        } catch (RejectedExecutionException e) {
            log.debug("The feed to {} is not opened: the engine closes, or too many are being opened.", peer);
            gone(link);
            link.end("too many feeds are being opened");
        }
        return link;
    }

    private void connect(SourceLink link) {
        try {
            Feed feed = opener.open(link.peer(), link);
            if (!link.opened(feed)) {
                feed.close();
            }
        } catch (Throwable e) { // also an error: nobody looks after a link that never opens
            link.end(TransferProblem.sentence(e));
        }
    }

    synchronized void gone(SourceLink link) {
        links.remove(link.peer(), link);
    }

    /** Looks after all links; to be called about ten times a second, by one thread. */
    void tick(long now) {
        boolean late = now - ticked > LATE_NANOS;
        ticked = now;
        for (SourceLink link : all()) {
            if (!link.isOpen()) {
                continue;
            }
            if (late) {
                link.meter().missed(now);
            }
            link.meter()
                    .observed(link.peer().node(), now)
                    .filter(seen -> link.fetches().stream().noneMatch(FeedHub::isNoMeasure))
                    .ifPresent(observed);
            judge(link, now);
        }
    }

    private void judge(SourceLink link, long now) {
        long window = settings.slowness().toNanos();
        boolean slow = link.meter().isSlow(now, window, expected(link));
        link.fetches().forEach(fetch -> fetch.cursor()
                .slowMoves()
                .seen(link.peer().node(), link.meter().rate()));
        if (link.isIdle(now, IDLE_NANOS)) {
            link.end("nothing is wanted from it");
        } else if (link.meter().isSilent(now, settings.silence().toNanos())) {
            link.end(
                    link.peer().node() + " was silent for " + settings.silence().toMillis() + " ms");
        } else if (slow) {
            leaveSlow(link);
        } else {
            leaveStarving(link, now, window);
        }
    }

    /** Images and stripes take turns on a link, so each may wait longer where there are several. */
    private void leaveStarving(SourceLink link, long now, long window) {
        Set<Flow> flows = link.flows();
        long turns = flows.size() * window;
        for (Flow flow : flows) {
            if (isCircle(link, flow) && link.meter().isStarving(flow, now, turns)) {
                move(link, flow, link.peer().node() + " waits for this node itself");
            } else if (link.meter().isStarving(flow, now, STARVING_WINDOWS * turns)) {
                move(
                        link,
                        flow,
                        link.peer().node() + " has brought nothing for "
                                + Duration.ofNanos(STARVING_WINDOWS * turns).toSeconds() + " s");
            }
        }
    }

    /** The circle may be one of other blobs, so only a link that brings nothing of the flow is left for it. */
    private boolean isCircle(SourceLink link, Flow flow) {
        return settings.node().filter(link.path(flow)::contains).isPresent();
    }

    /** From whom this node gets chunks just now, directly or not; up to {@link FeedLimits#PATHS}. */
    List<Upstream> upstream() {
        Map<Flow, Set<NodeId>> paths = new HashMap<>();
        for (SourceLink link : all()) {
            for (Flow flow : link.flows()) {
                paths.computeIfAbsent(flow, any -> new LinkedHashSet<>()).addAll(link.path(flow));
            }
        }
        return paths.entrySet().stream()
                .limit(FeedLimits.PATHS)
                .map(path -> new Upstream(
                        path.getKey().repository(),
                        path.getKey().stripe(),
                        path.getValue().stream().limit(FeedLimits.PATH).toList()))
                .toList();
    }

    private static void move(SourceLink link, Flow flow, String reason) {
        link.fetches().stream()
                .filter(fetch -> fetch.flow().equals(flow))
                .forEach(fetch -> fetch.moveOn(link, false, reason));
    }

    /** All blobs of a transfer's stripe, or none. */
    private static void leaveSlow(SourceLink link) {
        Map<RouteCursor, List<StripeFetch>> byStripe =
                link.fetches().stream().collect(Collectors.groupingBy(StripeFetch::cursor));
        long rate = link.meter().rate();
        String reason = link.peer().node() + " gives less than a quarter of the expected rate";
        byStripe.forEach((cursor, fetches) -> {
            if (cursor.slowMoves().mayLeave()) {
                long moved = fetches.stream()
                        .filter(fetch -> fetch.moveOn(link, true, reason))
                        .count();
                if (moved > 0) {
                    cursor.slowMoves().left(link.peer().node(), rate);
                }
            }
        });
    }

    /** What the plan expects of all stripes together that a transfer gets over the link, of the transfer of which it is most. */
    private static long expected(SourceLink link) {
        Map<Job, Set<RouteCursor>> byJob = link.fetches().stream()
                .collect(Collectors.groupingBy(
                        StripeFetch::job, Collectors.mapping(StripeFetch::cursor, Collectors.toSet())));
        long most = 0;
        for (Map.Entry<Job, Set<RouteCursor>> job : byJob.entrySet()) {
            long limit = job.getKey().transfer().linkBytesPerSecond();
            long planned = job.getValue().stream()
                    .mapToLong(cursor -> cursor.expected(link.peer()))
                    .sum();
            most = Math.max(most, limit > 0 ? Math.min(limit, planned) : planned);
        }
        return most;
    }

    /**
     * Whether its rate says nothing about the link: it is limited by order, or it is a stripe's. Of those a sender serves many at once,
     * one after another, so their rates at different moments make no whole.
     */
    private static boolean isNoMeasure(StripeFetch fetch) {
        return fetch.job().transfer().linkBytesPerSecond() > 0 || fetch.stripe().count() > 1;
    }

    private synchronized List<SourceLink> all() {
        return List.copyOf(links.values());
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        all().forEach(link -> link.end("the node stops"));
    }
}
