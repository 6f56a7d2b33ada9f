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
 * page rebinds its own name to 127.0.0.1. A door that requires client certificates cannot be rebound, as its certificate does
 * not bear the page's name, and its peers may know it by any name. Programs that send no {@code Origin} are not concerned.
 */
final class ForeignPages implements Handler<RoutingContext> {
    private final boolean thisMachineAlone;

    ForeignPages(DoorSettings settings) {
        DoorTls tls = settings.tls();
        boolean knowsItsClients = tls != null && tls.clientCertificateRequired();
        this.thisMachineAlone = !knowsItsClients && isLoopback(settings.host());
    }

    @Override
    public void handle(RoutingContext context) {
        HostAndPort asked = context.request().authority();
        String origin = context.request().getHeader("Origin");
        if (thisMachineAlone && asked != null && !isLoopback(asked.host())) {
            context.fail(
                    new HttpFault(
                            403,
                            "FOREIGN_HOST",
                            "The request names the host " + asked.host()
                                    + " but this door serves this machine alone; ask for localhost, or let the door listen on another address."));
        } else if (origin != null && !sameHost(origin, asked, context.request().isSSL())) {
            context.fail(new HttpFault(
                    403,
                    "FOREIGN_ORIGIN",
                    "A web page of " + origin + " tried to use this door; only pages of its own host may."));
        } else {
            context.next();
        }
    }

    private static boolean sameHost(String origin, @Nullable HostAndPort asked, boolean tls) {
        try {
            URI page = URI.create(origin);
            return asked != null
                    && page.getHost() != null
                    && bare(page.getHost()).equals(bare(asked.host()))
                    && port(page.getPort(), tls) == port(asked.port(), tls);
        } catch (IllegalArgumentException noAddress) {
            return false;
        }
    }

    /** Clients leave out the port that the scheme has anyway, in {@code Host} and {@code Origin} independently. */
    private static int port(int named, boolean tls) {
        return named > 0 ? named : tls ? 443 : 80;
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
