package io.espalier.collector.osgi;

import io.espalier.collector.StreamStatus;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.felix.hc.api.HealthCheck;
import org.apache.felix.hc.api.Result;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * Says which streams cannot be sent and why. A warning that does not make the kernel unready: nothing is lost, reading waits
 * and goes on by itself.
 */
@Component(
        service = HealthCheck.class,
        property = {"hc.name=Collector", "hc.tags=streams"})
public final class CollectorHealth implements HealthCheck {
    private static final int SHOWN = 3;

    private final CollectorComponent collector;

    /** Looks at this collector. */
    @Activate
    public CollectorHealth(@Reference CollectorComponent collector) {
        this.collector = collector;
    }

    @Override
    public Result execute() {
        return result(collector.streams());
    }

    static Result result(List<StreamStatus> streams) {
        List<StreamStatus> waiting =
                streams.stream().filter(stream -> !stream.trouble().isEmpty()).toList();
        if (waiting.isEmpty()) {
            return new Result(Result.Status.OK, "streams=" + streams.size() + " waiting=0");
        }
        String reasons = waiting.stream()
                .limit(SHOWN)
                .map(stream -> stream.stream() + " waits: " + stream.trouble())
                .collect(Collectors.joining(" "));
        return new Result(
                Result.Status.WARN,
                "streams=" + streams.size() + " waiting=" + waiting.size() + " problem: " + reasons
                        + (waiting.size() > SHOWN ? " More in collector:sources." : ""));
    }
}
