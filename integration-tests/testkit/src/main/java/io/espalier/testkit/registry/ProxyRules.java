package io.espalier.testkit.registry;

import io.espalier.testkit.registry.FrontProxy.Received;
import io.espalier.testkit.registry.FrontProxy.Reply;
import io.espalier.testkit.registry.FrontProxy.Rule;
import java.net.URI;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** The usual faults of a {@link FrontProxy}. */
public final class ProxyRules {
    private static final String TOO_MANY = "{\"errors\":[{\"code\":\"TOOMANYREQUESTS\",\"message\":\"slow down\"}]}";

    private ProxyRules() {}

    /** Answers 429 to one request in {@code n}, with Retry-After in seconds. */
    public static Rule tooManyRequestsEvery(int n, Duration retryAfter) {
        return request -> request.number() % n == 0
                ? Optional.of(new Reply(429, Map.of("Retry-After", "" + retryAfter.toSeconds()), TOO_MANY))
                : Optional.empty();
    }

    /** The same with Retry-After as an HTTP date. The date has whole seconds and is rounded up. */
    public static Rule tooManyRequestsUntilDateEvery(int n, Duration retryAfter) {
        return request -> {
            ZonedDateTime until =
                    ZonedDateTime.now(ZoneOffset.UTC).plus(retryAfter).plusNanos(999_999_999);
            Map<String, String> header = Map.of("Retry-After", DateTimeFormatter.RFC_1123_DATE_TIME.format(until));
            return request.number() % n == 0 ? Optional.of(new Reply(429, header, TOO_MANY)) : Optional.empty();
        };
    }

    /** Answers a status to the first {@code times} requests that match. */
    public static Rule fail(Predicate<Received> which, int status, int times) {
        AtomicInteger left = new AtomicInteger(times);
        return request -> which.test(request) && left.getAndDecrement() > 0
                ? Optional.of(new Reply(status, Map.of(), "the proxy says " + status))
                : Optional.empty();
    }

    /** Answers the same to all requests that match. */
    public static Rule reply(Predicate<Received> which, Reply reply) {
        return request -> which.test(request) ? Optional.of(reply) : Optional.empty();
    }

    /** Sends readers of blobs to the same path of another server (307). */
    public static Rule redirectBlobReadsTo(URI other) {
        return request -> request.readsBlob() ? Optional.of(redirect(other + request.target())) : Optional.empty();
    }

    /** Sends readers of blobs to where they are already, for ever. */
    public static Rule redirectBlobReadsInCircles() {
        return request -> request.readsBlob() ? Optional.of(redirect(request.target())) : Optional.empty();
    }

    /** Lets every request that matches wait. */
    public static Rule delay(Predicate<Received> which, Duration time) {
        return request -> {
            if (which.test(request)) {
                long end = System.nanoTime() + time.toNanos();
                for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
            }
            return Optional.empty();
        };
    }

    private static Reply redirect(String location) {
        return new Reply(307, Map.of("Location", location), "");
    }
}
