package io.espalier.relay.control;

import static java.util.Objects.requireNonNull;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/**
 * Where the master's door is.
 *
 * @param host a domain name, resolved anew for every connection, or an address
 * @param plainHttp without TLS; only when the operator has switched {@code insecure-plain-http} on
 * @param lookup what resolves the name
 */
public record MasterAddress(String host, int port, boolean plainHttp, Lookup lookup) {
    /** Resolves a name; may block. */
    public interface Lookup {
        List<InetAddress> resolve(String host) throws UnknownHostException;
    }

    public MasterAddress {
        requireNonNull(host, "host is null");
        requireNonNull(lookup, "lookup is null");
        if (host.isBlank() || port < 1 || port > 65_535) {
            throw new IllegalArgumentException("'" + host + ":" + port + "' is no address of a master; use HOST:PORT.");
        }
    }

    public MasterAddress(String host, int port, boolean plainHttp) {
        this(host, port, plainHttp, name -> List.of(InetAddress.getAllByName(name)));
    }

    /**
     * Reads the setting {@code master}, as {@code registry.example.org:8490} or {@code [::1]:8490}.
     *
     * @throws IllegalArgumentException with a sentence
     */
    public static MasterAddress parse(String text, boolean plainHttp) {
        int colon = text.lastIndexOf(':');
        try {
            String host = text.substring(0, Math.max(colon, 0)).replaceAll("^\\[|\\]$", "");
            return new MasterAddress(host, Integer.parseInt(text.substring(colon + 1)), plainHttp);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' is no address of a master; use HOST:PORT.", e);
        }
    }

    /**
     * Resolves the name now; a name with several addresses has its turn for each of them. Clients get the address in place of the
     * name, since theirs is another resolver, which remembers.
     */
    String resolve(int attempt) throws UnknownHostException {
        List<InetAddress> addresses = lookup.resolve(host);
        if (addresses.isEmpty()) {
            throw new UnknownHostException(host);
        }
        InetAddress address = addresses.get(Math.floorMod(attempt, addresses.size()));
        if (!(address instanceof Inet6Address)) {
            return address.getHostAddress();
        }
        // A door on a loopback address wants to be asked for by a name that it knows, and this is the short form.
        return "[" + (address.isLoopbackAddress() ? "::1" : address.getHostAddress()) + "]";
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
