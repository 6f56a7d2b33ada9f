package io.espalier.collector.send;

import static java.util.Objects.requireNonNull;

import io.espalier.collector.settings.SendSettings;
import io.espalier.stream.id.StreamId;
import io.espalier.stream.report.Report;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings one report after another to the gateway, each until it is stored or refused for good, never two at once, so that a
 * stream's order holds.
 *
 * <p>Never blocks: the owner calls {@link #poll} again and again, and is woken when there is news. Confined to the owner's
 * thread.
 */
public final class Delivery {
    private static final Logger log = LoggerFactory.getLogger(Delivery.class);
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final StreamId stream;
    private final ReportSender sender;
    private final StreamCreator creator;
    private final Runnable wakeUp;
    private final long timeoutNanos;
    private final Backoff backoff;
    private @Nullable Report report;
    private @Nullable CompletableFuture<SendResult> answer;
    private long deadline;
    private long notBefore;
    private long troubleSince;
    private boolean troubleTold;
    private String trouble = "";

    public Delivery(
            StreamId stream, ReportSender sender, StreamCreator creator, SendSettings settings, Runnable wakeUp) {
        this.stream = requireNonNull(stream, "stream is null");
        this.sender = requireNonNull(sender, "sender is null");
        this.creator = requireNonNull(creator, "creator is null");
        this.wakeUp = requireNonNull(wakeUp, "wakeUp is null");
        this.timeoutNanos = settings.requestTimeout().toNanos();
        this.backoff = new Backoff(settings.retryBase(), settings.retryCap(), () -> ThreadLocalRandom.current()
                .nextDouble());
    }

    /** Whether no report is on its way. */
    public boolean isIdle() {
        return report == null;
    }

    /** Why the present report has not arrived yet; empty if nothing is wrong. */
    public String trouble() {
        return trouble;
    }

    /** Starts with a report; only when idle. */
    public void start(Report next, long now) {
        if (report != null) {
            throw new IllegalStateException("A report of stream " + stream + " is still on its way.");
        }
        report = next;
        send(next, now);
    }

    /** Goes on; returns {@link SendResult.Stored} or {@link SendResult.Refused} once the report is settled. */
    public @Nullable SendResult poll(long now) {
        Report current = report;
        if (current == null) {
            return null;
        }
        CompletableFuture<SendResult> pending = answer;
        if (pending == null) {
            if (now - notBefore >= 0) {
                send(current, now);
            }
            return null;
        }
        if (!pending.isDone()) {
            if (now - deadline >= 0) {
                pending.cancel(true);
                tryAgain("The gateway did not answer within " + timeoutNanos / 1_000_000 + " ms.", null, now);
            }
            return null;
        }
        return take(resultOf(pending), now);
    }

    private @Nullable SendResult take(SendResult result, long now) {
        answer = null;
        if (result instanceof SendResult.TryAgain again) {
            tryAgain(again.sentence(), again.retryAfter(), now);
            return null;
        }
        if (result instanceof SendResult.StreamCreated) {
            log.info("Stream {} was not known to the gateway; it is created at the catalog.", stream);
            trouble = "";
            notBefore = now;
            return null;
        }
        if (result instanceof SendResult.UnknownStream unknown) {
            expect(creator.create(stream).thenApply(problem -> created(unknown, problem.orElse(""))), now);
            return null;
        }
        settled(now);
        return result;
    }

    private static SendResult created(SendResult.UnknownStream unknown, String problem) {
        return problem.isEmpty()
                ? new SendResult.StreamCreated()
                : new SendResult.TryAgain(unknown.sentence() + " " + problem, null);
    }

    private void send(Report current, long now) {
        expect(sender.send(current), now);
    }

    private void expect(CompletableFuture<SendResult> future, long now) {
        deadline = now + timeoutNanos;
        answer = future;
        var unused = future.whenComplete((result, failure) -> wakeUp.run());
    }

    private void tryAgain(String sentence, @Nullable Duration retryAfter, long now) {
        answer = null;
        if (trouble.isEmpty()) {
            troubleSince = now;
        }
        trouble = sentence;
        notBefore = now + backoff.nextNanos(retryAfter);
        if (!troubleTold && now - troubleSince >= PATIENCE.toNanos()) {
            troubleTold = true;
            log.warn("Stream {} cannot send: {} It is tried again until it succeeds; reading waits.", stream, sentence);
        }
    }

    private void settled(long now) {
        if (troubleTold) {
            log.info(
                    "Stream {} sends again after {} attempts in {} ms.",
                    stream,
                    backoff.attempts() + 1,
                    (now - troubleSince) / 1_000_000);
        }
        troubleTold = false;
        trouble = "";
        report = null;
        backoff.reset();
    }

    private static SendResult resultOf(CompletableFuture<SendResult> done) {
        try {
            return done.join();
        } catch (CompletionException | CancellationException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return new SendResult.TryAgain("Sending failed: " + cause + ".", null);
        }
    }

    /** How long until {@link #poll} has something to do by the clock, or {@code limit} if that is sooner. */
    public long nanosToWait(long now, long limit) {
        if (report == null) {
            return limit;
        }
        long due = answer == null ? notBefore : deadline;
        return Math.max(0, Math.min(limit, due - now));
    }

    /** Gives up the report on its way; whether it arrived is unknown. */
    public void abandon() {
        CompletableFuture<SendResult> pending = answer;
        if (pending != null) {
            pending.cancel(true);
        }
        answer = null;
        report = null;
    }
}
