package io.espalier.replication.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.espalier.registry.client.RegistryClient;
import io.espalier.registry.endpoint.RegistryEndpoint;
import io.espalier.registry.endpoint.RetryPolicy;
import io.espalier.registry.name.Digest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Manifests that docker-registry would not take, served by a registry that takes anything. */
class BadManifestTest {
    private static final String OCI = "application/vnd.oci.image.manifest.v1+json";
    private static final String INDEX = "application/vnd.oci.image.index.v1+json";
    private static final String HEX = "a".repeat(64);

    private record Answer(String type, String body) {}

    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private HttpServer server;
    private RegistryClient registry;

    @BeforeEach
    void start() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v2/", exchange -> {
            try (exchange) {
                String path = exchange.getRequestURI().getPath();
                Answer answer = answers.get(path.substring(path.lastIndexOf('/') + 1));
                if (answer == null || !path.contains("/manifests/")) {
                    exchange.sendResponseHeaders(404, -1);
                    return;
                }
                exchange.getResponseHeaders().set("Content-Type", answer.type());
                byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, bytes.length);
                exchange.getResponseBody().write(bytes);
            }
        });
        server.start();
        URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        registry = RegistryClient.of(RegistryEndpoint.allowingPlainHttp(uri).retrying(RetryPolicy.NEVER));
    }

    @AfterEach
    void stop() {
        registry.close();
        server.stop(0);
    }

    private AbstractThrowableAssert<?, ?> refusal(String type, String body) {
        answers.put("1", new Answer(type, body));
        return assertThatThrownBy(
                        () -> new ImageResolver(registry, PlatformList.all()).resolve(ImageName.parse("bad/image:1")))
                .isInstanceOfSatisfying(
                        ImageException.class,
                        e -> assertThat(e.code()).as(e.sentence()).isEqualTo(ImageException.Code.REFUSED))
                .hasMessageContaining("bad/image:1");
    }

    @Test
    void schema1IsRefused() {
        refusal("application/vnd.docker.distribution.manifest.v1+prettyjws", "{\"schemaVersion\":1}")
                .hasMessageContaining("schema 1");
    }

    @Test
    void artifactManifestOfTheDraftIsRefused() {
        refusal("application/vnd.oci.artifact.manifest.v1+json", "{\"schemaVersion\":2}")
                .hasMessageContaining("artifact manifest");
    }

    @Test
    void otherMediaTypeIsRefused() {
        refusal("text/html", "<html>").hasMessageContaining("text/html");
    }

    @Test
    void malformedManifestIsRefused() {
        refusal(OCI, "{\"schemaVersion\":2,").hasMessageContaining("JSON");
        refusal(OCI, "[]").hasMessageContaining("JSON object");
        refusal(OCI, "{\"schemaVersion\":2,\"mediaType\":\"" + OCI + "\"}").hasMessageContaining("config");
    }

    @Test
    void manifestThatCallsItselfOtherwiseIsRefused() {
        refusal(OCI, "{\"schemaVersion\":2,\"mediaType\":\"" + INDEX + "\",\"manifests\":[]}")
                .hasMessageContaining("mediaType");
    }

    @Test
    void oversizeManifestIsRefused() {
        refusal(OCI, "{\"schemaVersion\":2,\"pad\":\"" + "x".repeat(4 << 20) + "\"}")
                .hasMessageContaining("4194304");
    }

    @Test
    void foreignLayerIsRefused() {
        refusal(OCI, manifest("\"mediaType\":\"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip\","))
                .hasMessageContaining("foreign");
        refusal(OCI, manifest("\"mediaType\":\"application/x\",\"urls\":[\"https://example.com/layer\"],"))
                .hasMessageContaining("foreign");
    }

    private static String manifest(String layerFields) {
        String descriptor = "\"digest\":\"sha256:" + HEX + "\",\"size\":3}";
        return "{\"schemaVersion\":2,\"config\":{\"mediaType\":\"application/x\"," + descriptor + ",\"layers\":[{"
                + layerFields + descriptor + "]}";
    }

    @Test
    void missingBlobIsRefused() {
        refusal(OCI, manifest("\"mediaType\":\"application/x\",")).hasMessageContaining("is not in the registry");
    }

    @Test
    void missingChildIsRefused() {
        refusal(INDEX, index("sha256:" + HEX)).hasMessageContaining("sha256:" + HEX);
    }

    private static String index(String child) {
        return "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"" + INDEX + "\",\"digest\":\"" + child
                + "\",\"size\":3}]}";
    }

    @Test
    void indexesThatLeadTooDeepAreRefused() {
        String inner = "{\"schemaVersion\":2,\"manifests\":[]}";
        for (int i = 0; i < 12; i++) {
            String digest =
                    Digest.sha256(inner.getBytes(StandardCharsets.UTF_8)).toString();
            answers.put(digest, new Answer(INDEX, inner));
            inner = index(digest);
        }
        refusal(INDEX, inner).hasMessageContaining("8 levels");
    }

    @Test
    void childWithOtherBytesThanItsDigestIsRefused() {
        answers.put("sha256:" + HEX, new Answer(INDEX, "{}"));
        refusal(INDEX, index("sha256:" + HEX)).hasMessageContaining(HEX);
    }

    @Test
    void sizeThatIsNoNumberIsRefused() {
        refusal(OCI, manifest("\"mediaType\":\"application/x\",").replace(":3}", ":\"big\"}"))
                .hasMessageContaining("size");
    }
}
