package io.espalier.replication.harbor;

import io.espalier.harbor.client.model.Artifact;
import io.espalier.harbor.error.HarborException;
import io.espalier.harbor.error.HarborTrouble;
import io.espalier.harbor.node.HarborEdge;
import io.espalier.harbor.node.HarborNode;
import io.espalier.harbor.run.CarriedImage;
import io.espalier.harbor.run.HarborCascade;
import io.espalier.harbor.run.HopResult;
import io.espalier.harbor.run.RunProgress;
import io.espalier.harbor.session.HarborSessions;
import io.espalier.harbor.webhook.HarborEvent;
import io.espalier.replication.member.Member;
import io.espalier.replication.trigger.TagListener;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries images down the applied tree: now, or later by a queue of its own, and again every few minutes what a webhook told of and
 * some Harbor lacks. Where a Harbor fails and a relay runs, that takes over.
 */
final class Carrier implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Carrier.class);
    private static final int MOST_WAITING = 1_000;
    private static final int MOST_KEPT = 100;
    private static final int AT_ONCE = 2;
    private static final long IDLE_SECONDS = 10;
    private static final long CLOSE_SECONDS = 5;

    private final HarborSettings settings;
    private final HarborSessions sessions;
    private final HarborCascade cascade;
    private final AppliedEdges applied;
    private final Function<HarborNode, Optional<Member>> relays;
    private final TagListener takeOver;
    private final WaitingImages waiting;
    private final Set<String> underWay = ConcurrentHashMap.newKeySet();
    private final Deque<String> latest = new ArrayDeque<>();
    private final ScheduledExecutorService looks = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "replication-controller-harbor-again");
        thread.setDaemon(true);
        return thread;
    });
    private final ThreadPoolExecutor queue = new ThreadPoolExecutor(
            AT_ONCE, AT_ONCE, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(MOST_WAITING), task -> {
                Thread thread = new Thread(task, "replication-controller-harbor");
                thread.setDaemon(true);
                return thread;
            });

    Carrier(
            HarborSettings settings,
            HarborSessions sessions,
            HarborCascade cascade,
            AppliedEdges applied,
            Function<HarborNode, Optional<Member>> relays,
            TagListener takeOver,
            WaitingImages waiting) {
        this.settings = settings;
        this.sessions = sessions;
        this.cascade = cascade;
        this.applied = applied;
        this.relays = relays;
        this.takeOver = takeOver;
        this.waiting = waiting;
        queue.allowCoreThreadTimeOut(true);
    }

    /** Tries what still waits now, and again and again. */
    void begin(Duration every) {
        var unused = looks.scheduleWithFixedDelay(this::look, 0, every.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            for (WaitingImages.Waiting old : waiting.giveUp()) {
                keep(old.text() + " It is not tried again.");
                LOG.warn(
                        "The image {} was not carried to all Harbors within a day and is not tried again.",
                        old.image());
            }
            List<WaitingImages.Waiting> left = waiting.all();
            Map<HarborNode, Boolean> usable = new HashMap<>();
            if (left.isEmpty() || !usable.computeIfAbsent(settings.root(), this::isUsable)) {
                return;
            }
            for (WaitingImages.Waiting each : left) {
                if (!underWay.contains(each.image()) && mayGo(each, usable)) {
                    int colon = each.image().lastIndexOf(':');
                    boolean unused =
                            queue(each.image().substring(0, colon), each.image().substring(colon + 1));
                }
            }
        } catch (RuntimeException e) {
            LOG.error("A look at images that Harbors lack failed.", e);
        }
    }

    /** What cannot be better than before is not tried, so that a Harbor that is away all day fills no log. */
    private boolean mayGo(WaitingImages.Waiting image, Map<HarborNode, Boolean> usable) {
        return image.failed().isEmpty()
                || image.failed().stream()
                        .anyMatch(edge -> usable.computeIfAbsent(edge.parent(), this::isUsable)
                                && usable.computeIfAbsent(edge.child(), this::isUsable));
    }

    private boolean isUsable(HarborNode node) {
        try {
            sessions.of(node).ready();
            return true;
        } catch (HarborException e) {
            LOG.debug("Images still wait for the Harbor {}: {}", node.name(), e.sentence());
            return false;
        }
    }

    /** What waits, as lines, the oldest first. */
    List<String> waiting() {
        return waiting.all().stream().map(WaitingImages.Waiting::text).toList();
    }

    List<HopResult> carry(String repository, String tag, Consumer<RunProgress> progress) throws HarborException {
        String name = repository + ":" + tag;
        long stamp = waiting.stamp(name);
        try {
            List<HopResult> results = carryNow(repository, tag, progress);
            List<HopResult.Failed> failed = results.stream()
                    .filter(HopResult.Failed.class::isInstance)
                    .map(HopResult.Failed.class::cast)
                    .toList();
            if (failed.isEmpty()) {
                waiting.done(name, stamp);
            } else {
                waiting.failed(
                        name,
                        stamp,
                        failed.stream().map(HopResult.Failed::edge).toList(),
                        failed.get(0).sentence());
            }
            return results;
        } catch (HarborException e) {
            if (e.trouble() == HarborTrouble.NOT_FOUND || e.trouble() == HarborTrouble.LEFT_OUT) {
                waiting.done(name, stamp);
            } else {
                waiting.failed(name, stamp, List.of(), e.sentence());
            }
            throw e;
        }
    }

    private List<HopResult> carryNow(String repository, String tag, Consumer<RunProgress> progress)
            throws HarborException {
        List<HarborEdge> edges = applied.read();
        if (edges.isEmpty()) {
            throw new HarborException(
                    HarborTrouble.NOT_FOUND,
                    "There is no tree of Harbors to carry " + repository + ":" + tag
                            + " down; run tree:apply --harbor first.");
        }
        Artifact artifact = sessions.of(settings.root())
                .content()
                .labelled(repository, tag)
                .orElseThrow(() -> new HarborException(
                        HarborTrouble.NOT_FOUND,
                        "The image " + repository + ":" + tag + " is not at the root Harbor '"
                                + settings.root().name() + "'; push it there first."));
        requireLabels(repository + ":" + tag, artifact);
        String digest = String.valueOf(artifact.getDigest());
        CarriedImage image = new CarriedImage(repository, digest, List.of(tag), settings.labels());
        List<HopResult> results = cascade.carry(edges, settings.root().name(), image, progress);
        results.forEach(result -> note(repository, tag, digest, result));
        return results;
    }

    private void requireLabels(String image, Artifact artifact) throws HarborException {
        List<String> labels = Stream.ofNullable(artifact.getLabels())
                .flatMap(List::stream)
                .map(label -> String.valueOf(label.getName()))
                .toList();
        Optional<String> against = settings.labels().against(labels);
        if (against.isPresent()) {
            throw new HarborException(
                    HarborTrouble.LEFT_OUT,
                    "The image " + image + " is left out by its labels at the root Harbor '"
                            + settings.root().name() + "': " + against.get()
                            + "; change its labels there and run harbor:push, or the settings labels and labels-excluded.");
        }
    }

    private void note(String repository, String tag, String digest, HopResult result) {
        String name = repository + ":" + tag + " at " + result.edge().child().name();
        if (result instanceof HopResult.Carried carried) {
            keep(name
                    + (carried.copied() ? " arrived" : " was there")
                    + (carried.mended().isEmpty() ? "" : ", tags set afterwards: " + carried.mended()));
            return;
        }
        String why = result instanceof HopResult.Failed failed
                ? failed.sentence()
                : "its parent '" + result.edge().parent().name() + "' does not have it.";
        Optional<Member> relay = relays.apply(result.edge().child());
        keep(name + " is missing: " + why
                + relay.map(member -> " The relay " + member.id().value() + " brings it.")
                        .orElse(""));
        if (relay.isPresent() && !takeOver.changed(repository, tag, digest)) {
            LOG.warn("Too many images wait for relays, so {} waits for the next look at the registry.", name);
        }
    }

    /** Notes it on disk and carries it by the queue; whether there was room. */
    boolean later(String repository, String tag) {
        waiting.add(repository + ":" + tag);
        return queue(repository, tag);
    }

    private boolean queue(String repository, String tag) {
        String name = repository + ":" + tag;
        try {
            underWay.add(name);
            queue.execute(() -> {
                try {
                    carry(repository, tag, step -> {});
                } catch (HarborException | RuntimeException e) {
                    keep(repository + ":" + tag + " was not carried: " + e.getMessage());
                    LOG.warn("{}", e.getMessage());
                } finally {
                    underWay.remove(name);
                }
            });
            return true;
        } catch (RejectedExecutionException full) {
            underWay.remove(name);
            return false;
        }
    }

    /** A task at some Harbor is over; ours are followed anyway, so only failures of others are worth a line. */
    void replicated(HarborEvent.Replicated event) {
        if (!event.success()) {
            keep("a Harbor tells that a replication of project " + event.project() + " failed: " + event.artifacts());
        }
    }

    private synchronized void keep(String line) {
        latest.addFirst(line);
        while (latest.size() > MOST_KEPT) {
            latest.removeLast();
        }
    }

    synchronized List<String> latest() {
        return new ArrayList<>(latest);
    }

    @Override
    public void close() {
        looks.shutdownNow();
        queue.shutdownNow();
        try {
            boolean unused = looks.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
            boolean ignored = queue.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
