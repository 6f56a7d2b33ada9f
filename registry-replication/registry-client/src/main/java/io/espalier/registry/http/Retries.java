package io.espalier.registry.http;

import io.espalier.registry.endpoint.RetryPolicy;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.metrics.RegistryCounters;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides for one call whether to try again, and waits before it. For one thread. */
public final class Retries {
    private static final Logger LOG = LoggerFactory.getLogger(Retries.class);

    private final RetryPolicy policy;
    private final Pauses pauses;
    private final RegistryCounters counters;
    private int failures;
    private Duration patience;

    Retries(RetryPolicy policy, Pauses pauses, RegistryCounters counters) {
        this.policy = policy;
        this.pauses = pauses;
        this.counters = counters;
        this.patience = policy.patience();
    }

    /** Waits until the host may be asked; the time is taken from this call's patience. */
    void awaitPause(Origin origin) throws RegistryException {
        patience = patience.minus(pauses.awaitEnd(origin, patience));
        if (patience.isNegative()) {
            patience = Duration.ZERO;
        }
    }

    /** Returns after a wait if the call should be made again, else throws the failure. */
    public void again(RegistryException failure) throws RegistryException {
        if (!failure.retryable()) {
            throw failure;
        }
        // A pause that the registry asked for costs patience, not attempts.
        if (!(failure.getCause() instanceof PauseWanted)) {
            failures++;
            if (failures >= policy.attempts()) {
                throw failure;
            }
            LOG.debug("Attempt {} of {} failed: {}", failures, policy.attempts(), failure.getMessage());
            pauses.sleep(backOff());
        } else if (patience.isZero()) {
            throw failure;
        }
        counters.addRetry();
    }

    /** A call got on; the next failure is a first one. */
    public void progressed() {
        failures = 0;
    }

    /** Half fixed, half random, so that many clients do not come back together. */
    private Duration backOff() {
        long longest = policy.longest().toNanos();
        long full = Math.min(longest, policy.first().toNanos() << Math.min(failures - 1, 20));
        long bounded = full <= 0 ? longest : full;
        return Duration.ofNanos(bounded / 2 + ThreadLocalRandom.current().nextLong(bounded / 2 + 1));
    }

    /** Marks a failure whose pause stands in {@link Pauses}. */
    static final class PauseWanted extends Exception {
        private static final long serialVersionUID = 1;

        PauseWanted() {
            super("Retry-After", null, false, false);
        }
    }
}
