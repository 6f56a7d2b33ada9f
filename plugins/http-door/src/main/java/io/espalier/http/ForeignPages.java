package io.espalier.http;

import io.vertx.core.Handler;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Keeps web pages of other sites from using a door through a browser that can reach it: a request with a foreign
 * {@code Origin} is refused (RFC 6454), and at a door on a loopback address also one that names another host, which is how a
 * page rebinds its own name to 127.0.0.1. Programs send no {@code Origin} and are not concerned.
 */
final class ForeignPages implements Handler<RoutingContext> {
    private final boolean loopback;

    ForeignPages(String boundHost) {
        this.loopback = isLoopback(boundHost);
    }

    @Override
    public void handle(RoutingContext context) {
        HostAndPort asked = context.request().authority();
        String origin = context.request().getHeader("Origin");
        if (loopback && asked != null && !isLoopback(asked.host())) {
            context.fail(
                    new HttpFault(
                            403,
                            "FOREIGN_HOST",
                            "The request names the host " + asked.host()
                                    + " but this door serves this machine alone; ask for localhost, or let the door listen on another address."));
        } else if (origin != null && !sameHost(origin, asked)) {
            context.fail(new HttpFault(
                    403,
                    "FOREIGN_ORIGIN",
                    "A web page of " + origin + " tried to use this door; only pages of its own host may."));
        } else {
            context.next();
        }
    }

    private static boolean sameHost(String origin, @Nullable HostAndPort asked) {
        try {
            URI page = URI.create(origin);
            return asked != null
                    && page.getHost() != null
                    && bare(page.getHost()).equals(bare(asked.host()))
                    && page.getPort() == asked.port();
        } catch (IllegalArgumentException noAddress) {
            return false;
        }
    }

    private static boolean isLoopback(String host) {
        String name = bare(host);
        return name.equals("localhost")
                || name.endsWith(".localhost")
                || name.equals("::1")
                || name.matches("127(\\.\\d{1,3}){3}");
    }

    private static String bare(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        return name.startsWith("[") && name.endsWith("]") ? name.substring(1, name.length() - 1) : name;
    }
}
