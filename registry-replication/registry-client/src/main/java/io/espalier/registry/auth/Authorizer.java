package io.espalier.registry.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.espalier.registry.endpoint.Credentials;
import io.espalier.registry.endpoint.RegistryEndpoint;
import io.espalier.registry.error.ErrorCode;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.metrics.RegistryCounters;
import java.net.URI;
import java.net.URLEncoder;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Answers the challenges of one registry, and keeps tokens until shortly before their end. Thread-safe; two calls that want
 * the same token fetch it once.
 */
public final class Authorizer {
    private static final int MOST_TOKENS = 1_000;

    private final RegistryEndpoint endpoint;
    private final TokenFetcher fetcher;
    private final RegistryCounters counters;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Wanted, Slot> slots = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Wanted, Slot> eldest) {
            return size() > MOST_TOKENS;
        }
    };
    private volatile boolean basic;
    private volatile @Nullable Realm known;

    /** A token server as a challenge names it. */
    private record Realm(URI uri, String service) {}

    private record Wanted(Realm realm, Access access) {}

    private static final class Slot {
        final ReentrantLock lock = new ReentrantLock();
        volatile @Nullable Token token;
        /** Guarded by the lock. */
        @Nullable
        RegistryException failure;
        /** Guarded by the lock. */
        long failedAt;
    }

    public Authorizer(RegistryEndpoint endpoint, TokenFetcher fetcher, RegistryCounters counters) {
        this.endpoint = requireNonNull(endpoint, "endpoint is null");
        this.fetcher = requireNonNull(fetcher, "fetcher is null");
        this.counters = requireNonNull(counters, "counters is null");
    }

    /** What to send along before the registry asks: nothing until its first challenge. Fetches a token if needed. */
    public Optional<String> before(Access access) throws RegistryException {
        Optional<Credentials> credentials = endpoint.credentials();
        if (basic && credentials.isPresent()) {
            return Optional.of(credentials.get().basic());
        }
        Realm realm = known;
        return realm == null ? Optional.empty() : Optional.of(token(new Wanted(realm, access)));
    }

    /**
     * What to send after an answer 401.
     *
     * @param headers all WWW-Authenticate of the answer
     * @param sent what had been sent along
     * @return something else than {@code sent}
     * @throws RegistryException if there is nothing better to send
     */
    public String after(List<String> headers, Access access, Optional<String> sent) throws RegistryException {
        return answer(Challenge.parse(headers), access, sent);
    }

    /** Why an answer 401 came to what {@link #after} gave: nothing more is tried. */
    public RegistryException refusal(List<String> headers, Access access, String sent) {
        forget(sent);
        if (sent.startsWith("Bearer ")) {
            List<Challenge> challenges = Challenge.parse(headers);
            return challenges.stream()
                    .filter(challenge -> isTooLittle(challenge, access))
                    .findFirst()
                    .map(this::tooLittle)
                    .orElseGet(() -> refused("does not accept the token that its token server has just issued"));
        }
        return wrongPassword();
    }

    private String answer(List<Challenge> challenges, Access access, Optional<String> sent) throws RegistryException {
        for (Challenge challenge : challenges) {
            if (challenge.scheme().equals("bearer")
                    && !challenge.parameter("realm").isEmpty()) {
                return bearer(challenge, access, sent);
            }
        }
        for (Challenge challenge : challenges) {
            if (challenge.scheme().equals("basic")) {
                return basic(sent);
            }
        }
        throw refused("asks for authentication in a way that this client does not know"
                + (challenges.isEmpty() ? " (no WWW-Authenticate)" : ""));
    }

    /** Forgets a token that the registry did not take. */
    public void forget(String authorization) {
        lock.lock();
        try {
            slots.values().removeIf(slot -> {
                Token token = slot.token;
                return token != null && token.authorization().equals(authorization);
            });
        } finally {
            lock.unlock();
        }
    }

    private String basic(Optional<String> sent) throws RegistryException {
        if (endpoint.credentials().isEmpty()) {
            throw refused("wants a user and password; none are configured for it");
        }
        String authorization = endpoint.credentials().get().basic();
        if (sent.isPresent() && sent.get().equals(authorization)) {
            throw wrongPassword();
        }
        basic = true;
        return authorization;
    }

    private String bearer(Challenge challenge, Access access, Optional<String> sent) throws RegistryException {
        sent.ifPresent(this::forget);
        if (sent.isPresent() && isTooLittle(challenge, access)) {
            throw tooLittle(challenge);
        }
        Realm realm = new Realm(safe(challenge.parameter("realm")), challenge.parameter("service"));
        known = realm;
        Access wanted = access.covers(challenge.scopes()) ? access : access.and(challenge.scopes());
        return token(new Wanted(realm, wanted));
    }

    private static boolean isTooLittle(Challenge challenge, Access access) {
        return challenge.parameter("error").equals("insufficient_scope") && access.covers(challenge.scopes());
    }

    private RegistryException tooLittle(Challenge challenge) {
        return RegistryException.answered(
                ErrorCode.DENIED,
                false,
                401,
                "The registry " + endpoint.uri() + " says that the token is not good enough (insufficient_scope) for "
                        + String.join(" ", challenge.scopes())
                        + ": its token server granted less than was asked for; give the user the right.");
    }

    private RegistryException wrongPassword() {
        return refused("does not accept the password of user "
                + endpoint.credentials().map(Credentials::user).orElse("nobody"));
    }

    /** A token server must not be reached with less protection than the registry itself. */
    private URI safe(String realm) throws RegistryException {
        URI uri;
        try {
            uri = URI.create(realm);
        } catch (IllegalArgumentException e) {
            throw refused("names a token server that is no address");
        }
        boolean https = "https".equalsIgnoreCase(uri.getScheme());
        boolean http = "http".equalsIgnoreCase(uri.getScheme());
        boolean httpAllowed = "http".equalsIgnoreCase(endpoint.uri().getScheme());
        if (uri.getHost() == null || uri.getRawUserInfo() != null || !(https || (http && httpAllowed))) {
            throw refused("names the token server " + uri.getScheme() + "://" + uri.getHost()
                    + ", which must be reached by https as the registry is");
        }
        return uri;
    }

    private String token(Wanted wanted) throws RegistryException {
        Slot slot = slot(wanted);
        Token token = slot.token;
        if (token != null && token.isFresh(System.nanoTime())) {
            return token.authorization();
        }
        long waitedSince = System.nanoTime();
        try {
            slot.lock.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw RegistryException.lasting(ErrorCode.INTERRUPTED, "Interrupted while waiting for a token.", e);
        }
        try {
            token = slot.token;
            if (token == null || !token.isFresh(System.nanoTime())) {
                token = fetch(wanted, slot, waitedSince);
            }
            return token.authorization();
        } finally {
            slot.lock.unlock();
        }
    }

    /** Whoever waited while another call's fetch failed shares that failure, or callers would fail one after another. */
    private Token fetch(Wanted wanted, Slot slot, long waitedSince) throws RegistryException {
        RegistryException failure = slot.failure;
        if (failure != null && slot.failedAt - waitedSince > 0) {
            throw failure;
        }
        try {
            long asked = System.nanoTime();
            byte[] answer =
                    fetcher.fetch(address(wanted), endpoint.credentials().map(Credentials::basic));
            Token token = Token.parse(answer, wanted.realm().uri(), asked, Instant.now());
            counters.addToken();
            slot.token = token;
            slot.failure = null;
            return token;
        } catch (RegistryException e) {
            slot.failedAt = System.nanoTime();
            slot.failure = e;
            throw e;
        }
    }

    private Slot slot(Wanted wanted) {
        lock.lock();
        try {
            return slots.computeIfAbsent(wanted, key -> new Slot());
        } finally {
            lock.unlock();
        }
    }

    private URI address(Wanted wanted) {
        StringBuilder query = new StringBuilder();
        add(query, "service", wanted.realm().service());
        wanted.access().scopes().forEach(scope -> add(query, "scope", scope));
        endpoint.credentials().ifPresent(credentials -> add(query, "account", credentials.user()));
        String realm = wanted.realm().uri().toString();
        if (query.length() == 0) {
            return wanted.realm().uri();
        }
        return URI.create(realm + (realm.indexOf('?') >= 0 ? '&' : '?') + query);
    }

    private static void add(StringBuilder query, String name, String value) {
        if (!value.isEmpty()) {
            query.append(query.length() == 0 ? "" : "&")
                    .append(name)
                    .append('=')
                    .append(URLEncoder.encode(value, UTF_8));
        }
    }

    private RegistryException refused(String why) {
        return RegistryException.answered(
                ErrorCode.UNAUTHORIZED,
                false,
                401,
                "The registry " + endpoint.uri() + " " + why + "; check the credentials for this registry.");
    }
}
