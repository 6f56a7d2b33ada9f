package io.espalier.relay.osgi;

import io.espalier.relay.node.RelayStatus;
import io.espalier.relay.node.StatusText;
import java.time.Instant;
import java.util.Optional;
import org.apache.felix.hc.api.HealthCheck;
import org.apache.felix.hc.api.Result;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * Well while the node is connected to its master and its registry answers, with a warning while the disk is nearly full, the next
 * certificate does not come or the file has a mistake; else a sentence says since when not, and why.
 */
@Component(
        service = HealthCheck.class,
        property = {"hc.name=Image relay", "hc.tags=relay", "hc.tags=readiness"})
public final class RelayHealth implements HealthCheck {
    private final RelayComponent relay;

    /** Looks at this relay. */
    @Activate
    public RelayHealth(@Reference RelayComponent relay) {
        this.relay = relay;
    }

    @Override
    public Result execute() {
        return result(relay.status(), relay.mistake(), Instant.now());
    }

    static Result result(RelayStatus status, Instant now) {
        return result(status, Optional.empty(), now);
    }

    private static Result result(RelayStatus status, Optional<String> mistake, Instant now) {
        String text = StatusText.master(status, now);
        if (!status.registryProblem().isEmpty()) {
            text += " The registry " + status.registry() + " cannot be used: " + status.registryProblem();
        }
        boolean well = status.connected() && status.registryProblem().isEmpty();
        boolean certain = status.certificateProblem().isEmpty();
        Result.Status best = certain ? Result.Status.OK : Result.Status.WARN;
        Result.Status found = well ? best : Result.Status.TEMPORARILY_UNAVAILABLE;
        if (status.diskLow()) {
            text += " " + StatusText.disk(status.disk());
            found = well ? Result.Status.WARN : found;
        }
        if (mistake.isPresent()) {
            text += " " + mistake.get();
            found = well ? Result.Status.WARN : found;
        }
        return new Result(found, text);
    }
}
