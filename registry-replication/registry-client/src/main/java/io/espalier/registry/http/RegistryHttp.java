package io.espalier.registry.http;

import static java.util.Objects.requireNonNull;

import io.espalier.registry.auth.Access;
import io.espalier.registry.auth.Authorizer;
import io.espalier.registry.endpoint.RegistryEndpoint;
import io.espalier.registry.endpoint.RetryPolicy;
import io.espalier.registry.endpoint.Timeouts;
import io.espalier.registry.error.ErrorCode;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.metrics.RegistryCounters;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes calls to one registry: with credentials, over redirects, again where that helps. Thread-safe. */
public final class RegistryHttp implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RegistryHttp.class);
    private static final int MOST_TOKEN_BYTES = 1024 * 1024;
    private static final int MOST_ERROR_BYTES = 64 * 1024;

    private final RegistryEndpoint endpoint;
    private final RegistryCounters counters;
    private final Origin home;
    private final Pauses pauses = new Pauses();
    private final Wire wire;
    private final Redirects redirects;
    private final Authorizer authorizer;

    public RegistryHttp(RegistryEndpoint endpoint, RegistryCounters counters) throws RegistryException {
        this.endpoint = requireNonNull(endpoint, "endpoint is null");
        this.counters = requireNonNull(counters, "counters is null");
        this.home = Origin.of(endpoint.uri());
        this.wire = new Wire(endpoint, counters);
        this.redirects = new Redirects(wire);
        this.authorizer = new Authorizer(endpoint, this::fetchToken, counters);
    }

    /** Decides for one call whether to try again; for calls of several steps. */
    public Retries retries() {
        return new Retries(endpoint.retry(), pauses, counters);
    }

    /** For a call that is made once, and not at all while the host wants a pause. */
    public Retries noRetries() {
        return new Retries(RetryPolicy.NEVER, pauses, counters);
    }

    /** How long to wait for what. */
    public Timeouts timeouts() {
        return endpoint.timeouts();
    }

    /**
     * Makes a call and reads the answer whole, again if need be.
     *
     * @param mostBytes of the body; more is TOO_LARGE
     * @param accepted status codes that are returned; all others are failures
     */
    public Answer exchange(Call call, int mostBytes, int... accepted) throws RegistryException {
        Retries retries = retries();
        while (true) {
            try {
                return exchangeOnce(call, mostBytes, retries, accepted);
            } catch (RegistryException e) {
                retries.again(e);
            }
        }
    }

    /** The same without trying again. */
    public Answer exchangeOnce(Call call, int mostBytes, Retries retries, int... accepted) throws RegistryException {
        try (StreamedAnswer answer = open(call, retries, accepted)) {
            return new Answer(answer.status(), answer.headers(), readWhole(call, answer, mostBytes), answer.uri());
        }
    }

    /** Makes a call once and leaves the answer's body to be read. */
    public StreamedAnswer open(Call call, Retries retries, int... accepted) throws RegistryException {
        retries.awaitPause(Origin.of(call.uri()));
        Optional<String> authorization = isHome(call) ? authorizer.before(call.access()) : Optional.empty();
        StreamedAnswer answer = follow(call, authorization, retries);
        if (answer.status() == 401 && isHome(call) && Origin.of(answer.uri()).equals(home)) {
            answer = answerChallenge(call, answer, authorization, retries);
        }
        return accept(call, answer, accepted);
    }

    /**
     * Sends a call whose body is read while it is sent, once. A challenge is no reason to send again; the token that was
     * refused is forgotten.
     */
    public Answer upload(Call call, BodyReader body, Retries retries, int... accepted) throws RegistryException {
        // A token may be dead when a pause ends, so it is taken after it.
        retries.awaitPause(Origin.of(call.uri()));
        Optional<String> authorization = isHome(call) ? authorizer.before(call.access()) : Optional.empty();
        try (StreamedAnswer first = wire.send(call, call.uri(), authorization, body)) {
            if (first.status() == 401) {
                authorization.ifPresent(authorizer::forget);
                throw RegistryException.answered(
                        ErrorCode.UNAUTHORIZED,
                        authorization.isPresent(),
                        401,
                        "Tried to " + call.purpose() + " at " + Origin.of(call.uri())
                                + " but it did not accept the token any more; it answered 401" + words(first));
            }
            StreamedAnswer answer = accept(call, withoutPause(call, first), accepted);
            return new Answer(
                    answer.status(), answer.headers(), readWhole(call, answer, MOST_ERROR_BYTES), answer.uri());
        }
    }

    /** Waits; ended by an interrupt or by closing. */
    public void pause(Duration time) throws RegistryException {
        pauses.sleep(time);
    }

    /** Where an answer's Location leads; refused if it leaves TLS or is no web address. */
    public static URI location(Call call, Answer answer) throws RegistryException {
        return resolve(call, answer, answer.header("Location"));
    }

    /** The same for an address that stands elsewhere in the answer. */
    public static URI resolve(Call call, Answer answer, Optional<String> address) throws RegistryException {
        return Redirects.resolve(call, answer.uri(), address);
    }

    /** Ends all calls, waits and threads. */
    @Override
    public void close() {
        pauses.close();
        wire.close();
    }

    private boolean isHome(Call call) {
        return Origin.of(call.uri()).equals(home);
    }

    private StreamedAnswer answerChallenge(Call call, StreamedAnswer refused, Optional<String> sent, Retries retries)
            throws RegistryException {
        String better;
        try (refused) {
            String words = words(refused);
            try {
                better = authorizer.after(challenges(refused), call.access(), sent);
            } catch (RegistryException e) {
                throw explained(call, e, words);
            }
        }
        StreamedAnswer answer = follow(call, Optional.of(better), retries);
        if (answer.status() != 401) {
            return answer;
        }
        try (answer) {
            String words = words(answer);
            throw explained(call, authorizer.refusal(challenges(answer), call.access(), better), words);
        }
    }

    /** What a refusal says for itself, as the end of a sentence; empty when it says nothing. */
    private static String words(StreamedAnswer answer) {
        String words = Failures.words(answer.beginning(MOST_ERROR_BYTES));
        return words.isEmpty() ? "" : ": " + words;
    }

    private static List<String> challenges(StreamedAnswer answer) {
        return answer.headers().allValues("WWW-Authenticate");
    }

    /** With what was tried, and the registry's own words if it is the registry that refused. */
    private static RegistryException explained(Call call, RegistryException e, String words) {
        String said = e.status() == 401 && !words.isEmpty() ? " It answered 401" + words : "";
        return RegistryException.answered(
                e.code(), e.retryable(), e.status(), "Tried to " + call.purpose() + ". " + e.getMessage() + said);
    }

    private StreamedAnswer follow(Call call, Optional<String> authorization, Retries retries) throws RegistryException {
        return withoutPause(call, redirects.follow(call, authorization, retries));
    }

    /** Notes the pause that an answer asks for, for all calls to that host. */
    private StreamedAnswer withoutPause(Call call, StreamedAnswer answer) throws RegistryException {
        Optional<Duration> wanted = answer.status() == 429 || answer.status() == 503
                ? Pauses.retryAfter(answer.header("Retry-After"), Instant.now())
                : Optional.empty();
        if (wanted.isEmpty()) {
            Origin host = Origin.of(answer.uri());
            if (answer.status() == 429) {
                // It costs an attempt, since the host has not said that waiting helps, but all calls wait.
                counters.addPause();
                Duration pause = pauses.crowded(
                        host, endpoint.retry().first(), endpoint.retry().longest());
                LOG.debug("{} is asked too much (429); it is left alone for {} ms", host, pause.toMillis());
            } else {
                pauses.answered(host);
            }
            return answer;
        }
        try (answer) {
            counters.addPause();
            Duration least = endpoint.retry().first();
            Duration pause = wanted.get().compareTo(least) < 0 ? least : wanted.get();
            Origin host = Origin.of(answer.uri());
            pauses.pause(host, pause);
            LOG.info("{} asks for a pause of {} ms (status {})", host, pause.toMillis(), answer.status());
            RegistryException failure = Failures.of(call, whole(answer));
            throw RegistryException.passing(failure.code(), failure.getMessage() + "", new Retries.PauseWanted());
        }
    }

    private StreamedAnswer accept(Call call, StreamedAnswer answer, int... accepted) throws RegistryException {
        if (Arrays.stream(accepted).anyMatch(status -> status == answer.status())) {
            return answer;
        }
        try (answer) {
            throw Failures.of(call, whole(answer));
        }
    }

    private static Answer whole(StreamedAnswer answer) {
        return new Answer(answer.status(), answer.headers(), answer.beginning(MOST_ERROR_BYTES), answer.uri());
    }

    private static byte[] readWhole(Call call, StreamedAnswer answer, int mostBytes) throws RegistryException {
        try {
            byte[] body = answer.body().readNBytes(mostBytes);
            if (body.length == mostBytes && answer.body().read() >= 0) {
                throw RegistryException.lasting(
                        ErrorCode.TOO_LARGE,
                        "Tried to " + call.purpose() + " at " + Origin.of(answer.uri())
                                + " but its answer is larger than " + mostBytes + " bytes, which this client refuses.");
            }
            return body;
        } catch (IOException e) {
            throw Failures.of(call.purpose(), answer.uri(), e);
        }
    }

    /** One attempt: the call that wants the token is tried again, and with it this. */
    private byte[] fetchToken(URI uri, Optional<String> authorization) throws RegistryException {
        Call call = Call.of("GET", uri, Access.none(), "get a token");
        try (StreamedAnswer answer = accept(call, follow(call, authorization, retries()), 200)) {
            return readWhole(call, answer, MOST_TOKEN_BYTES);
        }
    }
}
