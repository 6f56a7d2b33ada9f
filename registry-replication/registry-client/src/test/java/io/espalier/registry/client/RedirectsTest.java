package io.espalier.registry.client;

import static io.espalier.registry.client.Given.APP;
import static io.espalier.registry.client.Given.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.registry.endpoint.Credentials;
import io.espalier.registry.endpoint.RegistryEndpoint;
import io.espalier.registry.error.ErrorCode;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.name.Digest;
import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.FrontProxy;
import io.espalier.testkit.registry.FrontProxy.Received;
import io.espalier.testkit.registry.FrontProxy.Reply;
import io.espalier.testkit.registry.ProxyRules;
import io.espalier.testkit.registry.SampleBlob;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import io.espalier.testkit.registry.TestAuthority;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@RequiresProgram("docker-registry")
@Timeout(120)
class RedirectsTest extends RegistryRig {
    private static final SampleBlob BLOB = SampleBlob.random("application/octet-stream", 42, 1024 * 1024);
    private static final Digest DIGEST = Digest.of(BLOB.digest());
    private static final SampleImage IMAGE = SampleImages.oci(1, 100_000);

    @Test
    void showsCredentialsToNobodyElse() throws Exception {
        oracle.push(IMAGE, APP.value(), "1");
        Digest layer = Digest.of(IMAGE.layers().get(0).digest());
        long size = IMAGE.layers().get(0).size();
        try (FrontProxy storage = FrontProxy.to(registry.uri());
                FrontProxy proxy = FrontProxy.to(registry.uri())
                        .rule(ProxyRules.reply(
                                request -> request.header("authorization").isEmpty(),
                                new Reply(401, Map.of("WWW-Authenticate", "Basic realm=\"x\""), "")))
                        .rule(ProxyRules.redirectBlobReadsTo(storage.uri()));
                RegistryClient client =
                        RegistryClient.of(Given.endpoint(proxy.uri()).as(new Credentials("ann", "s3cret")))) {
            assertThat(client.blob(APP, layer, size)).isEqualTo(BlobPresence.PROVED);
            try (InputStream in = client.openBlob(APP, layer, 0, size)) {
                assertThat(Digest.sha256(in.readAllBytes())).isEqualTo(layer);
            }
            assertThat(storage.requests()).hasSize(2).allMatch(request -> request.header("authorization")
                    .isEmpty());
            assertThat(storage.requests())
                    .allMatch(request -> !request.header("range").isEmpty());
            assertThat(proxy.requests(Received::readsBlob))
                    .allMatch(request -> request.header("authorization").startsWith("Basic "));
        }
    }

    @Test
    void showsCredentialsToNobodyElseEvenIfHeAsks() throws Exception {
        try (FrontProxy thief = FrontProxy.to(registry.uri())
                        .rule(ProxyRules.reply(
                                request -> true,
                                new Reply(401, Map.of("WWW-Authenticate", "Basic realm=\"give\""), "")));
                FrontProxy proxy = FrontProxy.to(registry.uri()).rule(ProxyRules.redirectBlobReadsTo(thief.uri()));
                RegistryClient client =
                        RegistryClient.of(Given.endpoint(proxy.uri()).as(new Credentials("ann", "s3cret")))) {
            failure(ErrorCode.UNAUTHORIZED, () -> client.openBlob(APP, DIGEST, 0, 10));
            assertThat(thief.requests()).hasSize(1).allMatch(request -> request.header("authorization")
                    .isEmpty());
        }
    }

    @Test
    void uploadsToAnotherHostWithoutCredentials() throws Exception {
        try (FrontProxy storage = FrontProxy.to(registry.uri());
                FrontProxy proxy = FrontProxy.to(registry.uri());
                RegistryClient client =
                        RegistryClient.of(Given.endpoint(proxy.uri()).as(new Credentials("ann", "s3cret")))) {
            proxy.rule(ProxyRules.reply(
                    request -> request.header("authorization").isEmpty(),
                    new Reply(401, Map.of("WWW-Authenticate", "Basic realm=\"x\""), "")));
            proxy.rule(request -> {
                if (!request.method().equals("POST")) {
                    return java.util.Optional.empty();
                }
                String location =
                        oracle.request("POST", request.target(), Map.of()).header("Location");
                URI opaque = URI.create(location);
                return java.util.Optional.of(new Reply(
                        202, Map.of("Location", storage.uri() + opaque.getRawPath() + "?" + opaque.getRawQuery()), ""));
            });
            Given.put(client, APP, BLOB);
            assertThat(storage.requests()).hasSize(1).allMatch(request -> request.header("authorization")
                    .isEmpty());
            assertThat(oracle.readBlob(APP.value(), BLOB.digest())).isEqualTo(BLOB.digest() + " " + BLOB.size());
        }
    }

    @Test
    void givesUpOnRedirectsInCircles() throws Exception {
        try (FrontProxy proxy = FrontProxy.to(registry.uri()).rule(ProxyRules.redirectBlobReadsInCircles());
                RegistryClient client = Given.client(proxy.uri())) {
            RegistryException failure = failure(ErrorCode.REDIRECT_REFUSED, () -> client.openBlob(APP, DIGEST, 0, 10));
            assertThat(failure).hasMessageContaining("circles");
            assertThat(failure.retryable()).isFalse();
            assertThat(proxy.requests().size()).isLessThanOrEqualTo(11);
            AtomicInteger hop = new AtomicInteger();
            proxy.heal();
            proxy.rule(request ->
                    java.util.Optional.of(new Reply(307, Map.of("Location", "/v2/hop/" + hop.incrementAndGet()), "")));
            failure(ErrorCode.REDIRECT_REFUSED, client::ping);
            assertThat(hop.get()).isLessThanOrEqualTo(11);
        }
    }

    @Test
    void neverLeavesTls() throws Exception {
        TestAuthority authority = TestAuthority.named("private");
        Path file = authority.writeTo(folder.resolve("ca.pem"));
        try (FrontProxy plain = FrontProxy.to(registry.uri());
                FrontProxy proxy = FrontProxy.secureTo(registry.uri(), authority)
                        .rule(ProxyRules.redirectBlobReadsTo(plain.uri()));
                RegistryClient client =
                        RegistryClient.of(RegistryEndpoint.of(proxy.uri()).trusting(file))) {
            client.ping();
            assertThat(failure(ErrorCode.REDIRECT_REFUSED, () -> client.openBlob(APP, DIGEST, 0, 10)))
                    .hasMessageContaining("leaves TLS");
            proxy.rule(ProxyRules.reply(
                    request -> request.method().equals("POST"),
                    new Reply(202, Map.of("Location", plain.uri() + "/v2/x"), "")));
            failure(ErrorCode.REDIRECT_REFUSED, () -> Given.put(client, APP, BLOB));
            proxy.rule(ProxyRules.reply(
                    request -> request.target().contains("tags"),
                    new Reply(401, Map.of("WWW-Authenticate", "Bearer realm=\"" + plain.uri() + "/token\""), "")));
            assertThat(failure(ErrorCode.UNAUTHORIZED, () -> client.tags(APP)))
                    .hasMessageContaining("must be reached by https");
            assertThat(plain.requests()).isEmpty();
        }
    }
}
