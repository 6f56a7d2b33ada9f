package io.espalier.gateway.intake;

import static java.util.Objects.requireNonNull;

import io.espalier.gateway.intake.RefusedException.Code;
import io.espalier.gateway.lane.Lanes;
import io.espalier.gateway.lane.Outcome;
import io.espalier.gateway.lane.Submission;
import io.espalier.gateway.memory.MemoryShares;
import io.espalier.gateway.memory.MemoryShares.Hold;
import io.espalier.gateway.memory.MemoryShares.Verdict;
import io.espalier.stream.catalog.StreamDefinition;
import io.espalier.stream.catalog.StreamDirectory;
import io.espalier.stream.id.StreamId;
import io.espalier.stream.record.SourcePosition;
import io.espalier.stream.report.Report;
import io.espalier.stream.report.ReportLimits;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Checks what a request carries against its stream's definition and puts it into the stream's lane. Never blocks. */
public final class Intake {
    private final Supplier<@Nullable StreamDirectory> directory;
    private final Lanes lanes;
    private final MemoryShares memory;
    private final ReportLimits limits;

    /** @param directory the catalog's directory, or null while there is no catalog */
    public Intake(
            Supplier<@Nullable StreamDirectory> directory, Lanes lanes, MemoryShares memory, ReportLimits limits) {
        this.directory = requireNonNull(directory, "directory is null");
        this.lanes = requireNonNull(lanes, "lanes is null");
        this.memory = requireNonNull(memory, "memory is null");
        this.limits = requireNonNull(limits, "limits is null");
    }

    /** The stream of that id. */
    public StreamDefinition stream(String id) throws RefusedException {
        StreamId parsed;
        try {
            parsed = StreamId.parse(id);
        } catch (IllegalArgumentException e) {
            throw new RefusedException(Code.INVALID_STREAM_ID, String.valueOf(e.getMessage()));
        }
        StreamDirectory catalog = directory.get();
        if (catalog == null) {
            throw new RefusedException(
                    Code.NO_CATALOG, "The gateway has no stream catalog at the moment; send again later.");
        }
        return catalog.find(parsed)
                .orElseThrow(() -> new RefusedException(
                        Code.UNKNOWN_STREAM, "There is no stream " + parsed + "; create it in the stream catalog."));
    }

    /** A hold for a request of that stream; its owner closes it when the request's end has not been left to {@code take}. */
    public Hold open(StreamDefinition stream) {
        return memory.open(stream.id());
    }

    /** Counts and names the outcome of a request that found no room. */
    public Outcome noRoom(StreamDefinition stream, Verdict verdict) {
        Duration retryAfter = lanes.pushBack(stream.id());
        return verdict == Verdict.STREAM_FULL ? new Outcome.QueueFull(retryAfter) : new Outcome.MemoryFull(retryAfter);
    }

    /** Takes records in under the sender's identity. */
    public CompletableFuture<Outcome> take(StreamDefinition stream, Hold hold, Report report) throws RefusedException {
        if (!report.stream().equals(stream.id())) {
            throw new RefusedException(
                    Code.STREAM_MISMATCH,
                    "The report is for the stream " + report.stream() + " but the path names " + stream.id()
                            + "; send it to the path of its stream.");
        }
        return take(stream, hold, report.position(0), report.entries());
    }

    /**
     * Takes records in; the gateway gives them an identity when {@code first} is null.
     *
     * @param hold what the request holds; closed when the outcome is known, and left to the caller when this throws
     */
    public CompletableFuture<Outcome> take(
            StreamDefinition stream, Hold hold, @Nullable SourcePosition first, List<Report.Entry> entries)
            throws RefusedException {
        if (entries.size() > limits.maxRecords()) {
            throw new RefusedException(
                    Code.TOO_MANY_RECORDS,
                    "The request has " + entries.size() + " records, " + limits.maxRecords()
                            + " are allowed; send fewer at once.");
        }
        for (int i = 0; i < entries.size(); i++) {
            int length = entries.get(i).payload().length;
            if (length > stream.maxRecordBytes()) {
                throw new RefusedException(
                        Code.RECORD_TOO_LARGE,
                        "Record " + i + " has " + length + " bytes, the stream " + stream.id() + " takes "
                                + stream.maxRecordBytes() + " at most; nothing of the request was stored.");
            }
        }
        Submission submission = new Submission(stream, first, entries);
        Verdict verdict = hold.resize(submission.weight());
        CompletableFuture<Outcome> outcome = verdict == Verdict.HELD
                ? lanes.submit(submission)
                : CompletableFuture.completedFuture(noRoom(stream, verdict));
        return outcome.whenComplete((settled, failure) -> hold.close());
    }
}
