package io.espalier.gateway.http;

import static java.util.Objects.requireNonNull;

import io.espalier.gateway.intake.Intake;
import io.espalier.gateway.intake.RefusedException;
import io.espalier.gateway.lane.Outcome;
import io.espalier.gateway.memory.MemoryShares.Hold;
import io.espalier.http.HttpFault;
import io.espalier.http.JsonBody;
import io.espalier.http.MediaType;
import io.espalier.stream.catalog.StreamDefinition;
import io.espalier.stream.record.SourcePosition;
import io.espalier.stream.report.Report;
import io.espalier.stream.report.ReportCodec;
import io.espalier.stream.report.ReportFormatException;
import io.espalier.stream.report.ReportLimits;
import io.vertx.core.Context;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /v1/streams/{id}/records}: reads a report in one of its forms and answers once its records are stored, or not.
 *
 * <p>A sender that goes away loses the answer only; what was handed over goes on.
 */
public final class RecordsRoute {
    private static final String JSON = "application/json";
    private static final String TEXT = "text/plain";
    private static final String LINES = "application/x-ndjson";
    private static final int NO_CLUSTER_RETRY_SECONDS = 5;

    private final Intake intake;
    private final ReportLimits limits;
    private final Duration answerLimit;
    private final Clock clock;
    private final JsonBody json;

    /** @param answerLimit after this long the answer is NOT_STORED, whatever becomes of the records */
    public RecordsRoute(Intake intake, ReportLimits limits, Duration answerLimit, Clock clock) {
        this.intake = requireNonNull(intake, "intake is null");
        this.limits = requireNonNull(limits, "limits is null");
        this.answerLimit = requireNonNull(answerLimit, "answerLimit is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.json = new JsonBody(limits.maxBytes());
    }

    /** Adds the route to a door that leaves bodies to its handlers. */
    public void addTo(Router router) {
        router.post("/v1/streams/:id/records").handler(this::post);
    }

    private void post(RoutingContext ctx) {
        StreamDefinition stream;
        try {
            stream = intake.stream(ctx.pathParam("id"));
        } catch (RefusedException e) {
            throw fault(e);
        }
        String type = MediaType.require(ctx, ReportCodec.MEDIA_TYPE, JSON, TEXT, LINES);
        Hold hold = intake.open(stream);
        AtomicBoolean taken = new AtomicBoolean();
        ctx.addEndHandler(ended -> {
            if (!taken.get()) {
                hold.close();
            }
        });
        new MeteredBody(ctx, hold, limits.maxBytes(), verdict -> ctx.fail(fault(intake.noRoom(stream, verdict))))
                .read(body -> {
                    try {
                        CompletableFuture<Outcome> outcome = take(ctx, stream, hold, type, body);
                        taken.set(true);
                        answerOnce(ctx, outcome);
                    } catch (RefusedException e) {
                        ctx.fail(fault(e));
                    } catch (ReportFormatException e) {
                        ctx.fail(fault(e));
                    } catch (RuntimeException e) {
                        ctx.fail(e);
                    }
                });
    }

    private CompletableFuture<Outcome> take(
            RoutingContext ctx, StreamDefinition stream, Hold hold, String type, byte[] wire)
            throws RefusedException, ReportFormatException {
        byte[] body = ContentCoding.decode(wire, ctx.request().getHeader("Content-Encoding"), limits.maxBytes());
        long now = clock.millis();
        if (type.equals(ReportCodec.MEDIA_TYPE)) {
            return intake.take(stream, hold, ReportCodec.decode(body, limits));
        }
        if (type.equals(JSON)) {
            JsonReport report = json.read(body, JsonReport.class);
            return take(stream, hold, report.first(), report.entries(now));
        }
        return take(
                stream,
                hold,
                LineReport.first(ctx.request().headers()),
                LineReport.entries(body, now, limits.maxRecords()));
    }

    private CompletableFuture<Outcome> take(
            StreamDefinition stream, Hold hold, @Nullable SourcePosition first, List<Report.Entry> entries)
            throws RefusedException {
        if (first != null && first.seq() > Long.MAX_VALUE - entries.size()) {
            throw new HttpFault(400, "WRONG_FIELD", "The sequence leaves the range of 64 bits within this report.");
        }
        return intake.take(stream, hold, first, entries);
    }

    /** Comes back from whatever thread settled the records to the connection's event loop. */
    private void answerOnce(RoutingContext ctx, CompletableFuture<Outcome> outcome) {
        Context loop = ctx.vertx().getOrCreateContext();
        long timer = ctx.vertx()
                .setTimer(
                        answerLimit.toMillis(),
                        fired -> answer(
                                ctx,
                                new Outcome.NotStored("The records were not acknowledged within "
                                        + answerLimit.toSeconds()
                                        + " s; whether they are stored is not known, send them again with the same"
                                        + " sequence.")));
        var unused = outcome.whenComplete((settled, failure) -> loop.runOnContext(nothing -> {
            ctx.vertx().cancelTimer(timer);
            if (failure == null) {
                answer(ctx, settled);
            } else {
                ctx.fail(failure);
            }
        }));
    }

    private void answer(RoutingContext ctx, Outcome outcome) {
        if (ctx.response().ended() || ctx.response().closed()) {
            return;
        }
        if (outcome instanceof Outcome.Stored stored) {
            json.answer(ctx, 200, new StoredAnswer(stored.records()));
        } else {
            ctx.fail(fault(outcome));
        }
    }

    private static HttpFault fault(Outcome outcome) {
        if (outcome instanceof Outcome.QueueFull full) {
            return later(
                    new HttpFault(
                            429, "QUEUE_FULL", "The stream's queue is full; send again after the time in Retry-After."),
                    full.retryAfter());
        }
        if (outcome instanceof Outcome.MemoryFull full) {
            return later(
                    new HttpFault(
                            503,
                            "GATEWAY_FULL",
                            "The requests of all streams hold all the memory that total-bytes allows; send again after"
                                    + " the time in Retry-After."),
                    full.retryAfter());
        }
        if (outcome instanceof Outcome.NotStored not) {
            return new HttpFault(503, "NOT_STORED", not.sentence()).header("Retry-After", "1");
        }
        if (outcome instanceof Outcome.Refused refused) {
            return new HttpFault(413, "RECORD_TOO_LARGE", refused.sentence());
        }
        return new HttpFault(503, "NO_CLUSTER", "The gateway has no Kafka cluster at the moment; send again later.")
                .header("Retry-After", String.valueOf(NO_CLUSTER_RETRY_SECONDS));
    }

    private static HttpFault later(HttpFault fault, Duration retryAfter) {
        return fault.header("Retry-After", String.valueOf(Math.max(1, retryAfter.toSeconds())));
    }

    private static HttpFault fault(ReportFormatException e) {
        int status =
                switch (e.code()) {
                    case REPORT_TOO_LARGE, TOO_MANY_RECORDS -> 413;
                    case NOT_A_REPORT, UNSUPPORTED_VERSION, TRUNCATED, BAD_CRC, BAD_FIELD -> 400;
                };
        return new HttpFault(status, e.code().name(), String.valueOf(e.getMessage()));
    }

    private static HttpFault fault(RefusedException e) {
        HttpFault fault = new HttpFault(
                switch (e.code()) {
                    case INVALID_STREAM_ID, STREAM_MISMATCH -> 400;
                    case UNKNOWN_STREAM -> 404;
                    case RECORD_TOO_LARGE, TOO_MANY_RECORDS -> 413;
                    case NO_CATALOG -> 503;
                },
                e.code().name(),
                String.valueOf(e.getMessage()));
        return e.code() == RefusedException.Code.NO_CATALOG
                ? fault.header("Retry-After", String.valueOf(NO_CLUSTER_RETRY_SECONDS))
                : fault;
    }

    /** The identity, or the sentence of what is wrong with it as an answer. */
    static SourcePosition position(String agent, long epoch, long seq) {
        try {
            return new SourcePosition(agent, epoch, seq);
        } catch (IllegalArgumentException e) {
            throw new HttpFault(400, "WRONG_FIELD", String.valueOf(e.getMessage()));
        }
    }

    /** What a sender reads when all is well. */
    record StoredAnswer(int stored) {}
}
