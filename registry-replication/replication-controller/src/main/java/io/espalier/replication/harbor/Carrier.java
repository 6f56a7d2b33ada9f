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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries images down the applied tree: now, or later by a queue of its own. Where a Harbor fails and a relay runs, that takes over. */
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
    private final Deque<String> latest = new ArrayDeque<>();
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
            TagListener takeOver) {
        this.settings = settings;
        this.sessions = sessions;
        this.cascade = cascade;
        this.applied = applied;
        this.relays = relays;
        this.takeOver = takeOver;
        queue.allowCoreThreadTimeOut(true);
    }

    List<HopResult> carry(String repository, String tag, Consumer<RunProgress> progress) throws HarborException {
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

    /** Carries it by the queue; whether there was room. */
    boolean later(String repository, String tag) {
        try {
            queue.execute(() -> {
                try {
                    carry(repository, tag, step -> {});
                } catch (HarborException | RuntimeException e) {
                    keep(repository + ":" + tag + " was not carried: " + e.getMessage());
                    LOG.warn("{}", e.getMessage());
                }
            });
            return true;
        } catch (RejectedExecutionException full) {
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
        queue.shutdownNow();
        try {
            boolean ignored = queue.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
