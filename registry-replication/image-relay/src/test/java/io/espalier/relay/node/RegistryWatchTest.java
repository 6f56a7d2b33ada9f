package io.espalier.relay.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.espalier.registry.client.RegistryClient;
import io.espalier.registry.endpoint.RegistryEndpoint;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RegistryWatchTest {
    /** One at the start, then every two seconds. */
    private static final int LOOKS = 2;

    private final AtomicInteger requests = new AtomicInteger();

    /** How often a registry that answers this is asked during some looks, of a node where something goes wrong. */
    private int asked(int status) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v2/", exchange -> {
            requests.incrementAndGet();
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        server.start();
        URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        AtomicInteger looks = new AtomicInteger();
        try (RegistryWatch watch = RegistryWatch.of(
                RegistryClient.of(RegistryWatch.impatient(RegistryEndpoint.allowingPlainHttp(uri))),
                () -> true,
                looks::incrementAndGet)) {
            watch.start();
            await("the looks").atMost(Duration.ofSeconds(30)).until(() -> looks.get() >= LOOKS);
            assertThat(watch.problem()).isNotEmpty().doesNotContain("not answered yet");
            return requests.get();
        } finally {
            server.stop(0);
        }
    }

    @Test
    void registryThatRefusesThePasswordIsNotAskedSoonAgain() throws Exception {
        assertThat(asked(401)).isEqualTo(1);
    }

    @Test
    void registryThatAsksForAPauseIsNotAskedSoonAgain() throws Exception {
        assertThat(asked(429)).isEqualTo(1);
    }

    @Test
    void registryThatMayComeBackIsAskedSoonAgain() throws Exception {
        assertThat(asked(503)).isGreaterThanOrEqualTo(LOOKS);
    }
}
