package io.espalier.testkit.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Issues the tokens that a docker-registry with token authentication asks for. Thread-safe.
 *
 * <p>A token's life is what the registry grants: docker-registry takes tokens for 60 s after their end, so the signed
 * end is that much earlier. Signed times are whole seconds, so a token lives up to one second longer than asked.
 */
public final class TokenServer implements AutoCloseable {
    static final String SERVICE = "testkit-registry";
    static final String ISSUER = "testkit-tokens";

    private static final Duration REGISTRY_LEEWAY = Duration.ofSeconds(60);
    private static final Pattern SCOPE = Pattern.compile("([a-z]+):(.+):([a-z,*]+)");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final TestAuthority authority = TestAuthority.named("testkit tokens");
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "token-server");
        thread.setDaemon(true);
        return thread;
    });
    private final HttpServer server;
    private final List<Issued> issued = new CopyOnWriteArrayList<>();
    private volatile Duration life = Duration.ofSeconds(60);
    private volatile @Nullable Duration announced;
    private volatile boolean pullOnly;
    private volatile @Nullable String wantedLogin;

    /**
     * A token that was given out.
     *
     * @param scopes as asked for
     * @param authorization what the client showed, empty if nothing
     */
    public record Issued(List<String> scopes, String authorization) {}

    private TokenServer() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException("Tried to start a token server on loopback.", e);
        }
        server.createContext("/token", this::answer);
        server.setExecutor(threads);
        server.start();
    }

    /** Starts one on a free loopback port: anybody gets what he asks for, for 60 s. */
    public static TokenServer start() {
        return new TokenServer();
    }

    /** From now on tokens live this long. */
    public void life(Duration newLife) {
        life = requireNonNull(newLife, "newLife is null");
    }

    /** From now on answers claim this life, whatever the token's true one is. */
    public void announce(Duration claimed) {
        announced = requireNonNull(claimed, "claimed is null");
    }

    /** From now on tokens grant pull alone, whatever is asked for. */
    public void grantPullOnly() {
        pullOnly = true;
    }

    /** From now on only this user gets tokens; others get 401. */
    public void requireLogin(String user, String password) {
        wantedLogin = "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(UTF_8));
    }

    /** All tokens given out so far. */
    public List<Issued> issued() {
        return List.copyOf(issued);
    }

    public URI realm() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/token");
    }

    String certificatePem() {
        return authority.certificatePem();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String authorization = exchange.getRequestHeaders().getFirst("Authorization");
            String login = wantedLogin;
            if (login != null && !login.equals(authorization)) {
                send(
                        exchange,
                        401,
                        "{\"errors\":[{\"code\":\"UNAUTHORIZED\",\"message\":\"wrong user or password\"}]}");
                return;
            }
            List<String> scopes = scopes(exchange.getRequestURI());
            Duration claimed = announced == null ? life : announced;
            String token = sign(scopes);
            issued.add(new Issued(scopes, authorization == null ? "" : authorization));
            ObjectNode body = JSON.createObjectNode();
            body.put("token", token);
            body.put("expires_in", claimed.toSeconds());
            body.put("issued_at", Instant.now().toString());
            send(exchange, 200, body.toString());
        }
    }

    private static void send(HttpExchange exchange, int status, String json) throws IOException {
        byte[] bytes = json.getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private static List<String> scopes(URI uri) {
        String query = uri.getRawQuery() == null ? "" : uri.getRawQuery();
        return Pattern.compile("&")
                .splitAsStream(query)
                .filter(part -> part.startsWith("scope="))
                .map(part -> URLDecoder.decode(part.substring("scope=".length()), UTF_8))
                .toList();
    }

    private String sign(List<String> scopes) {
        Instant now = Instant.now();
        ObjectNode header = JSON.createObjectNode().put("typ", "JWT").put("alg", "RS256");
        try {
            header.putArray("x5c")
                    .add(Base64.getEncoder()
                            .encodeToString(authority.certificate().getEncoded()));
            ObjectNode claims = JSON.createObjectNode()
                    .put("iss", ISSUER)
                    .put("sub", "tester")
                    .put("aud", SERVICE)
                    .put("exp", wholeSecondAfter(now.plus(life).minus(REGISTRY_LEEWAY)))
                    .put("nbf", now.minus(REGISTRY_LEEWAY).getEpochSecond())
                    .put("iat", now.getEpochSecond())
                    .put("jti", UUID.randomUUID().toString());
            claims.set("access", access(scopes));
            String signed = base64(header.toString().getBytes(UTF_8))
                    + "."
                    + base64(claims.toString().getBytes(UTF_8));
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(authority.privateKey());
            signature.update(signed.getBytes(UTF_8));
            return signed + "." + base64(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new AssertionError("Tried to sign a token.", e);
        }
    }

    private static long wholeSecondAfter(Instant time) {
        return time.getEpochSecond() + 1;
    }

    private ArrayNode access(List<String> scopes) {
        Map<String, ObjectNode> byName = scopes.stream()
                .map(SCOPE::matcher)
                .filter(Matcher::matches)
                .collect(Collectors.toMap(Matcher::group, this::grant, (a, b) -> a, TreeMap::new));
        return JSON.createArrayNode().addAll(byName.values());
    }

    private ObjectNode grant(Matcher scope) {
        ObjectNode grant = JSON.createObjectNode().put("type", scope.group(1)).put("name", scope.group(2));
        ArrayNode actions = grant.putArray("actions");
        Pattern.compile(",")
                .splitAsStream(scope.group(3))
                .filter(action -> !pullOnly || action.equals("pull"))
                .forEach(actions::add);
        return grant;
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
