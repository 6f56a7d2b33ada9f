package io.espalier.testkit.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.testkit.program.RequiresProgram;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@RequiresProgram("docker-registry")
class FrontProxyTest {
    private static final int MIB = 1024 * 1024;

    @TempDir
    private Path folder;

    @Test
    void passesAnImageThroughUnchanged() {
        SampleImage image = SampleImages.oci(1, 3 * MIB);
        try (RegistryServer registry = RegistryServer.in(folder).start();
                FrontProxy proxy = FrontProxy.to(registry.uri())) {
            ImagePusher.to(proxy.uri()).push(image, "app", "1");
            assertThat(ImagePusher.to(proxy.uri()).digestOf("app", "1")).isEqualTo(image.digest());
            assertThat(Skopeo.plain().digest("docker://" + proxy.host() + "/app:1"))
                    .isEqualTo(image.digest());
            // Uploads did not go round the proxy by the registry's Location.
            assertThat(proxy.requests(request -> request.method().equals("PUT")))
                    .hasSize(image.blobs().size() + 2);
        }
    }

    @Test
    void asksForPausesInBothForms() {
        try (RegistryServer registry = RegistryServer.in(folder).start();
                FrontProxy proxy = FrontProxy.to(registry.uri())) {
            ImagePusher client = ImagePusher.to(proxy.uri());
            proxy.rule(ProxyRules.tooManyRequestsEvery(2, Duration.ofSeconds(3)));
            assertThat(client.request("GET", "/v2/", Map.of()).status()).isEqualTo(200);
            ImagePusher.Answer answer = client.request("GET", "/v2/", Map.of());
            assertThat(answer.status()).isEqualTo(429);
            assertThat(answer.header("Retry-After")).isEqualTo("3");
            proxy.heal();
            proxy.rule(ProxyRules.tooManyRequestsUntilDateEvery(1, Duration.ofSeconds(3)));
            Instant before = Instant.now();
            String date = client.request("GET", "/v2/", Map.of()).header("Retry-After");
            assertThat(ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant())
                    .isBetween(before.plusSeconds(3).minusMillis(1), before.plusSeconds(20));
        }
    }

    @Test
    void redirectsReadersOfBlobs() {
        SampleImage image = SampleImages.oci(1, 1);
        try (RegistryServer registry = RegistryServer.in(folder).start();
                FrontProxy storage = FrontProxy.to(registry.uri());
                FrontProxy proxy = FrontProxy.to(registry.uri()).rule(ProxyRules.redirectBlobReadsTo(storage.uri()))) {
            ImagePusher.to(proxy.uri()).push(image, "app", "1");
            String path = "/v2/app/blobs/" + image.layers().get(0).digest();
            ImagePusher.Answer answer = ImagePusher.to(proxy.uri()).request("GET", path, Map.of());
            assertThat(answer.status()).isEqualTo(307);
            assertThat(answer.header("Location")).isEqualTo(storage.uri() + path);
        }
    }
}
