package io.espalier.gateway.lane;

import static java.util.Objects.requireNonNull;

import io.espalier.stream.id.StreamId;
import io.espalier.stream.record.SourcePosition;
import io.espalier.stream.report.Report;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Gives an identity to records whose sender gave none: agent {@code gateway-<id>/<stream>}, the gateway's start as epoch, and
 * a sequence counted for each stream (docs/formats/record.md). Safe for use by many threads.
 */
public final class GatewayIdentity {
    private final String gatewayId;
    private final long epoch;
    private final ConcurrentMap<StreamId, AtomicLong> next = new ConcurrentHashMap<>();

    /** @param startMillis the gateway's start in milliseconds since 1970, larger at each start */
    public GatewayIdentity(String gatewayId, long startMillis) {
        this.gatewayId = requireNonNull(gatewayId, "gatewayId is null");
        this.epoch = startMillis;
        new SourcePosition("gateway-" + gatewayId, epoch, 0);
    }

    /** The submission as a report, with an identity of the gateway's if it has none. */
    Report identify(Submission submission) {
        StreamId stream = submission.stream().id();
        SourcePosition first = submission.first();
        if (first == null) {
            int count = submission.entries().size();
            long seq = next.computeIfAbsent(stream, s -> new AtomicLong()).getAndAdd(count);
            first = new SourcePosition("gateway-" + gatewayId + '/' + stream, epoch, seq);
        }
        return new Report(stream, first.agent(), first.epoch(), first.seq(), submission.entries());
    }
}
