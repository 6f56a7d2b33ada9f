package io.espalier.relay.control;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.identity.IdentityException;
import io.espalier.relay.identity.NodeIdentity;
import io.espalier.relay.protocol.RefusedException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the node's certificate fresh on a thread of its own: joins, tries again while the master is away, and renews when a third
 * of the life is left. Thread-safe.
 */
public final class Enrolment implements AutoCloseable {
    private static final long FIRST_WAIT_MS = 300;
    private static final long MOST_WAIT_MS = 15_000;
    /** As long as the master may take to miss the former link of a node that has lost its folder. */
    private static final Duration NAME_GRACE = Duration.ofSeconds(10);

    private static final Duration CHECK_EVERY = Duration.ofMinutes(1);
    private static final long CLOSE_LIMIT_MS = 3000;
    private static final Logger LOG = LoggerFactory.getLogger(Enrolment.class);

    private final NodeIdentity identity;
    private final CertificateSource source;
    private final Duration checkEvery;
    private final Backoff backoff = new Backoff(FIRST_WAIT_MS, MOST_WAIT_MS);
    private final CompletableFuture<Void> enrolled = new CompletableFuture<>();
    private final ScheduledThreadPoolExecutor thread;
    private volatile String problem = "";
    private volatile String unkept = "";
    private @Nullable Future<?> next;
    private String said = "";
    private boolean wanted;
    private boolean refused;
    private boolean lapsed;
    private long nameTakenSince;

    private Enrolment(NodeIdentity identity, CertificateSource source, Duration checkEvery) {
        this.identity = requireNonNull(identity, "identity is null");
        this.source = requireNonNull(source, "source is null");
        this.checkEvery = checkEvery;
        this.thread = new ScheduledThreadPoolExecutor(1, task -> new Thread(task, "relay-enrolment"));
        this.wanted = source.mustJoin() || source.joinsAtStart();
    }

    /** Begins; returns at once. */
    public static Enrolment start(NodeIdentity identity, CertificateSource source) {
        return start(identity, source, CHECK_EVERY);
    }

    /**
     * Begins; returns at once.
     *
     * @param checkEvery how often the certificate's end is looked at
     */
    public static Enrolment start(NodeIdentity identity, CertificateSource source, Duration checkEvery) {
        Enrolment enrolment = new Enrolment(identity, source, checkEvery);
        if (identity.enrolled() && !source.mustJoin()) {
            enrolment.enrolled.complete(null);
        }
        enrolment.after(0);
        return enrolment;
    }

    /** The one next step; a step that was to come before or after it is none any more. */
    private synchronized void after(long millis) {
        try {
            if (next != null) {
                next.cancel(false);
            }
            next = thread.schedule(this::step, millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException stopping) {
            LOG.debug("The enrolment stops.", stopping);
        }
    }

    private void step() {
        long wait = checkEvery.toMillis();
        try {
            boolean enrolledNow = identity.enrolled();
            if (lapsed && enrolledNow && !wanted) {
                validAgain();
            }
            lapsed = !enrolledNow;
            if (!refused && (wanted || !enrolledNow)) {
                wait = join();
            } else if (enrolledNow && identity.renewalDue()) {
                wait = renew();
            }
            unkept = identity.keep().orElse("");
        } catch (RuntimeException e) {
            LOG.error("Getting a certificate for node {} met an unexpected fault; trying again.", identity.node(), e);
        }
        after(wait);
    }

    /** It never lapsed: the clock was wrong, as on a machine that starts before it has asked for the time. */
    private void validAgain() {
        LOG.info("The certificate of node {} is valid by this machine's clock again.", identity.node());
        refused = false;
        var unused = done();
    }

    private long join() {
        try {
            identity.accept(source.join(identity.signingRequest()));
            source.joined();
            LOG.info("Node {} has joined by {}.", identity.node(), source.describe());
            return done();
        } catch (RefusedException e) {
            return refused(e);
        } catch (IOException e) {
            return failed(String.valueOf(e.getMessage()));
        } catch (IdentityException e) {
            return failed(e.sentence());
        }
    }

    private long renew() {
        try {
            identity.accept(source.renew(identity.signingRequest()));
            return done();
        } catch (RefusedException e) {
            return failed(e.sentence());
        } catch (IOException e) {
            return failed(String.valueOf(e.getMessage()));
        } catch (IdentityException e) {
            return failed(e.sentence());
        }
    }

    private long done() {
        wanted = false;
        lapsed = false;
        problem = "";
        said = "";
        nameTakenSince = 0;
        backoff.reset();
        enrolled.complete(null);
        return checkEvery.toMillis();
    }

    private long refused(RefusedException refusal) {
        boolean forGood =
                switch (refusal.code()) {
                    case TOKEN_REFUSED, INVALID -> true;
                    case NAME_TAKEN -> isNameTakenForLong();
                    case UNKNOWN_NODE, UNAVAILABLE -> false;
                };
        if (!forGood) {
            return failed(refusal.sentence());
        }
        refused = true;
        problem = withTime(refusal.sentence());
        LOG.error("Node {} cannot join and does not try again: {}", identity.node(), problem);
        if (wanted || identity.certificate().isEmpty()) {
            enrolled.completeExceptionally(refusal);
        }
        return checkEvery.toMillis();
    }

    private boolean isNameTakenForLong() {
        long now = System.nanoTime();
        nameTakenSince = nameTakenSince == 0 ? now : nameTakenSince;
        return now - nameTakenSince > NAME_GRACE.toNanos();
    }

    private long failed(String sentence) {
        problem = withTime(sentence);
        if (!sentence.equals(said)) {
            LOG.warn("{}", problem);
        }
        said = sentence;
        return backoff.nextMillis();
    }

    /** A wrong clock lets nearly everything fail, in words that do not tell. */
    private String withTime(String sentence) {
        return identity.outOfTime().map(own -> own + " " + sentence).orElse(sentence);
    }

    /**
     * Done when the node has a certificate that is valid, at once when it had one; fails with {@link RefusedException} when the master
     * refuses for good, as for a wrong token. Then a new token and a restart are needed. A node that has a certificate which this
     * machine's clock puts out of its time goes on waiting for a right clock.
     */
    public CompletableFuture<Void> enrolled() {
        return enrolled.copy();
    }

    /** What hinders it now, in a sentence; empty when nothing does. */
    public String problem() {
        String now = problem;
        return now.isEmpty() ? unkept : now;
    }

    /**
     * Joins anew if it has a token that it has not used; for a node whom the master tells that it is no member. A node that was
     * removed does not come back by the token it had.
     */
    public void again() {
        try {
            thread.execute(() -> {
                if (!wanted && source.mayJoinAgain()) {
                    wanted = true;
                    after(0);
                }
            });
        } catch (RejectedExecutionException stopping) {
            LOG.debug("The enrolment stops.", stopping);
        }
    }

    /** Ends the thread within three seconds; idempotent. */
    @Override
    public void close() {
        thread.shutdownNow();
        try {
            if (!thread.awaitTermination(CLOSE_LIMIT_MS, TimeUnit.MILLISECONDS)) {
                LOG.warn("The thread relay-enrolment has not ended within {} ms.", CLOSE_LIMIT_MS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
