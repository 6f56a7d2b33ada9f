package io.espalier.registry.http;

import io.espalier.registry.error.ErrorCode;
import io.espalier.registry.error.RegistryException;
import java.net.URI;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Follows redirects one by one: credentials stay with the origin that they are for, and are not taken up again after
 * leaving it; TLS is never left.
 */
final class Redirects {
    private static final int MOST_HOPS = 10;
    /** Of the text that comes with a redirect. */
    private static final int MOST_BYTES = 64 * 1024;

    private final Wire wire;

    Redirects(Wire wire) {
        this.wire = wire;
    }

    StreamedAnswer follow(Call call, Optional<String> authorization, Retries retries) throws RegistryException {
        URI target = call.uri();
        Optional<String> sent = authorization;
        Set<URI> seen = new HashSet<>();
        while (true) {
            if (!seen.add(target) || seen.size() > MOST_HOPS) {
                throw refused(
                        call, "redirects lead in circles or are more than " + MOST_HOPS + ", last to " + shown(target));
            }
            retries.awaitPause(Origin.of(target));
            StreamedAnswer answer = wire.send(call, target, sent);
            if (!isRedirect(answer.status())) {
                return answer;
            }
            try (answer) {
                answer.beginning(MOST_BYTES);
                URI next = next(call, target, answer);
                if (!Origin.of(next).equals(Origin.of(target))) {
                    sent = Optional.empty();
                }
                target = next;
            }
        }
    }

    /** Resolves a Location as it stands, without taking its query apart. */
    static URI resolve(Call call, URI base, Optional<String> location) throws RegistryException {
        if (location.isEmpty()) {
            throw refused(call, "there is no Location to go to");
        }
        URI next;
        try {
            next = base.resolve(location.get().strip());
        } catch (IllegalArgumentException e) {
            throw refused(call, "its Location is no address");
        }
        String scheme = next.getScheme() == null ? "" : next.getScheme();
        boolean http = scheme.equalsIgnoreCase("http");
        if (next.getHost() == null || next.getRawUserInfo() != null || !(http || scheme.equalsIgnoreCase("https"))) {
            throw refused(call, "its Location is no web address");
        }
        if (http && Origin.of(base).isSecure()) {
            throw refused(call, "its Location " + shown(next) + " leaves TLS");
        }
        return next;
    }

    private static URI next(Call call, URI base, StreamedAnswer answer) throws RegistryException {
        boolean safe = call.method().equals("GET") || call.method().equals("HEAD");
        boolean keepsMethod = answer.status() == 307 || answer.status() == 308;
        if (!safe && !keepsMethod) {
            throw refused(call, "an answer " + answer.status() + " would turn " + call.method() + " into GET");
        }
        return resolve(call, base, answer.header("Location"));
    }

    private static boolean isRedirect(int status) {
        return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
    }

    private static RegistryException refused(Call call, String why) {
        return RegistryException.lasting(
                ErrorCode.REDIRECT_REFUSED,
                "Tried to " + call.purpose() + " at " + Origin.of(call.uri()) + " but " + why
                        + "; check the address of the registry and the proxy before it.");
    }

    /** Without the query, which may hold a signature. */
    private static String shown(URI uri) {
        return Origin.of(uri) + uri.getRawPath();
    }
}
