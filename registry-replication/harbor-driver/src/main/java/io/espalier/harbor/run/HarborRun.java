package io.espalier.harbor.run;

import static java.util.Objects.requireNonNull;

import io.espalier.harbor.client.model.Artifact;
import io.espalier.harbor.error.HarborException;
import io.espalier.harbor.error.HarborTrouble;
import io.espalier.harbor.node.HarborEdge;
import io.espalier.harbor.run.RunProgress.Stage;
import io.espalier.harbor.session.HarborSession;
import io.espalier.harbor.session.HarborSessions;
import io.espalier.harbor.tree.TreeNames;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries images over edges whose policies {@link io.espalier.harbor.tree.HarborTree} made. Calls block until the child has the image
 * or it failed; several images may use one edge, whose policy's filters then change one after another. Carrying an image that is
 * there does nothing. Thread-safe.
 */
public final class HarborRun implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HarborRun.class);
    private static final Set<HarborTrouble> PASSING = Set.of(
            HarborTrouble.RUN_FAILED, HarborTrouble.BUSY, HarborTrouble.UNREACHABLE, HarborTrouble.NOTHING_MATCHED);

    private final String cluster;
    private final HarborSessions sessions;
    private final RunSettings settings;
    private final Map<String, Lock> filters = new ConcurrentHashMap<>();
    private volatile boolean closed;

    public HarborRun(String cluster, HarborSessions sessions, RunSettings settings) {
        this.cluster = requireNonNull(cluster, "cluster is null");
        this.sessions = requireNonNull(sessions, "sessions is null");
        this.settings = requireNonNull(settings, "settings is null");
    }

    /**
     * Carries an image over one edge; tries again when that may help.
     *
     * @param progress called often, by this thread
     * @throws HarborException only when interrupted
     */
    public HopResult carry(HarborEdge edge, CarriedImage image, Consumer<RunProgress> progress) throws HarborException {
        Duration wait = settings.again();
        for (int attempt = 1; ; attempt++) {
            try {
                HopResult.Carried carried = once(edge, image, progress);
                progress.accept(new RunProgress(edge, Stage.DONE, 1, 1, "has " + image));
                LOG.info(
                        "The Harbor '{}' has {} from '{}'.",
                        edge.child().name(),
                        image,
                        edge.parent().name());
                return carried;
            } catch (HarborException e) {
                if (e.trouble() == HarborTrouble.INTERRUPTED) {
                    throw e;
                }
                if (attempt >= settings.tries() || !PASSING.contains(e.trouble())) {
                    progress.accept(new RunProgress(edge, Stage.FAILED, 0, 1, e.sentence()));
                    LOG.warn("{}", e.sentence());
                    return new HopResult.Failed(edge, e.trouble(), e.sentence());
                }
                progress.accept(new RunProgress(edge, Stage.AGAIN, 0, 1, "is tried again: " + e.sentence()));
                pause(edge, wait);
                wait = wait.multipliedBy(2);
            }
        }
    }

    private HopResult.Carried once(HarborEdge edge, CarriedImage image, Consumer<RunProgress> progress)
            throws HarborException {
        long begin = System.nanoTime();
        HarborSession parent = sessions.of(edge.parent());
        HarborSession child = sessions.of(edge.child());
        parent.ready();
        HopCheck check = new HopCheck(parent, child, image);
        progress.accept(new RunProgress(edge, Stage.CHECK, 0, 1, "is checked for " + image));
        check.prepare();
        if (check.isThere()) {
            return new HopResult.Carried(edge, false, List.of(), seconds(begin));
        }
        String policy = TreeNames.policy(cluster, edge);
        Lock lock = filters.computeIfAbsent(policy, name -> new ReentrantLock());
        new HopExecution(parent, edge, policy, image, settings, progress, () -> closed).run(lock);
        progress.accept(new RunProgress(edge, Stage.COMPARE, 1, 1, "is compared"));
        return new HopResult.Carried(edge, true, compare(child, edge, image), seconds(begin));
    }

    /** The child must have the digest under every tag; sets those that got lost, as several versions of Harbor do it. */
    private static List<String> compare(HarborSession child, HarborEdge edge, CarriedImage image)
            throws HarborException {
        if (child.content().artifact(image.repository(), image.digest()).isEmpty()) {
            throw new HarborException(
                    HarborTrouble.MISMATCH,
                    "The execution over " + edge + " ended well but the Harbor '"
                            + edge.child().name() + "' does not have "
                            + image.repository() + "@" + image.digest()
                            + "; a newer push may have overtaken it, or the policy does not overwrite: run tree:apply --harbor.");
        }
        List<String> mended = new ArrayList<>();
        for (String tag : image.tags()) {
            Optional<Artifact> there = child.content().artifact(image.repository(), tag);
            if (there.isEmpty()) {
                mend(child, image, tag);
                mended.add(tag);
            } else if (!image.digest().equals(there.get().getDigest())) {
                throw new HarborException(
                        HarborTrouble.MISMATCH,
                        "The execution over " + edge + " ended well but " + image.repository() + ":" + tag
                                + " at the Harbor '"
                                + edge.child().name() + "' is " + there.get().getDigest() + " instead of "
                                + image.digest()
                                + "; somebody pushed there too, or the policy does not overwrite: run tree:apply --harbor.");
            }
        }
        return mended;
    }

    private static void mend(HarborSession child, CarriedImage image, String tag) throws HarborException {
        try {
            child.content().tag(image.repository(), image.digest(), tag);
        } catch (HarborException e) {
            // Somebody set it just now; whether to the right digest, the next comparison tells.
            if (e.trouble() != HarborTrouble.CONFLICT) {
                throw e;
            }
        }
    }

    private static double seconds(long begin) {
        return (System.nanoTime() - begin) / 1e9;
    }

    private static void pause(HarborEdge edge, Duration wait) throws HarborException {
        try {
            TimeUnit.MILLISECONDS.sleep(wait.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HarborException(HarborTrouble.INTERRUPTED, "Carrying over " + edge + " was interrupted.", e);
        }
    }

    /** Ends runs under way at their next look; executions go on in their Harbors. */
    @Override
    public void close() {
        closed = true;
    }
}
