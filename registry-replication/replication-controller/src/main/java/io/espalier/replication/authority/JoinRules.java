package io.espalier.replication.authority;

import io.espalier.relay.protocol.JoinRequest;
import io.espalier.relay.protocol.RefusedException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Pattern;
import org.bouncycastle.util.IPAddress;

/** What a node may say of itself. */
final class JoinRules {
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?");
    private static final int MAX_URL_CHARS = 1000;

    private JoinRules() {}

    static void check(JoinRequest request) throws RefusedException {
        try {
            check(request.host(), request.port(), request.registry());
        } catch (IllegalArgumentException e) {
            throw new RefusedException(
                    RefusedException.Code.INVALID,
                    "The join of node " + request.node() + " is refused: " + e.getMessage());
        }
    }

    /** @throws IllegalArgumentException with a sentence */
    static void check(String host, int port, String registry) {
        if (!HOST.matcher(host).matches() && !IPAddress.isValid(host)) {
            throw new IllegalArgumentException(
                    "'" + shown(host) + "' is no domain name or address; put right the setting 'host' of the node.");
        }
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("The port " + port + " is not 1 to 65535.");
        }
        try {
            URI url = new URI(registry);
            boolean http = "http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme());
            if (!http || url.getHost() == null || url.getUserInfo() != null || registry.length() > MAX_URL_CHARS) {
                throw new IllegalArgumentException("'" + shown(registry.replaceAll("//[^/@]*@", "//***@"))
                        + "' is no URL of a registry; use http:// or https:// and a host, without credentials.");
            }
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("The URL of the registry cannot be read: " + e.getReason() + ".", e);
        }
    }

    private static String shown(String text) {
        String shown = text.replaceAll("\\p{Cntrl}", "?");
        return shown.length() <= 100 ? shown : shown.substring(0, 100) + "...";
    }
}
