package io.espalier.registry.client;

import static io.espalier.registry.client.Given.APP;
import static io.espalier.registry.client.Given.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.espalier.registry.endpoint.Credentials;
import io.espalier.registry.endpoint.RegistryEndpoint;
import io.espalier.registry.error.ErrorCode;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.name.Digest;
import io.espalier.registry.name.RepositoryName;
import io.espalier.registry.name.TagName;
import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.RegistryServer;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import io.espalier.testkit.registry.Skopeo;
import io.espalier.testkit.registry.TestAuthority;
import io.espalier.testkit.registry.TokenServer;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@RequiresProgram("docker-registry")
class CredentialsTest {
    private static final Credentials ANN = new Credentials("ann", "s3cret");
    private static final SampleImage IMAGE = SampleImages.oci(1, 100_000);

    @TempDir
    private Path folder;

    @Test
    void answersABasicChallenge() throws Exception {
        try (RegistryServer registry =
                        RegistryServer.in(folder).withUser("ann", "s3cret").start();
                RegistryClient client =
                        RegistryClient.of(Given.endpoint(registry.uri()).as(ANN))) {
            client.ping();
            Given.push(client, IMAGE, "1");
            assertThat(Skopeo.plain().fromAs("ann", "s3cret").digest("docker://" + registry.host() + "/" + APP + ":1"))
                    .isEqualTo(IMAGE.digest());
        }
    }

    @Test
    void saysThatAPasswordIsWrongWithoutShowingIt() throws Exception {
        Credentials wrong = new Credentials("ann", "hunter2");
        try (RegistryServer registry =
                        RegistryServer.in(folder).withUser("ann", "s3cret").start();
                RegistryClient client =
                        RegistryClient.of(Given.endpoint(registry.uri()).as(wrong));
                RegistryClient stranger = Given.client(registry.uri())) {
            RegistryException failure = failure(ErrorCode.UNAUTHORIZED, client::ping);
            assertThat(failure)
                    .hasMessageContaining("does not accept the password of user ann")
                    .hasMessageContaining("It answered 401: UNAUTHORIZED (authentication required)")
                    .hasMessageContaining(registry.host());
            assertThat(failure.getMessage()).doesNotContain("hunter2");
            assertThat(failure.retryable()).isFalse();
            assertThat(client.counters().requests()).isEqualTo(2);
            assertThat(failure(ErrorCode.UNAUTHORIZED, () -> Given.push(stranger, IMAGE, "1")))
                    .hasMessageContaining("none are configured");
        }
        assertThat(wrong.toString()).doesNotContain("hunter2");
        assertThat(Given.endpoint(URI.create("http://127.0.0.1")).as(wrong).toString())
                .doesNotContain("hunter2");
    }

    @Test
    void fetchesATokenOnceForManyCalls() throws Exception {
        try (TokenServer tokens = TokenServer.start();
                RegistryServer registry =
                        RegistryServer.in(folder).withTokens(tokens).start();
                RegistryClient client =
                        RegistryClient.of(Given.endpoint(registry.uri()).as(ANN))) {
            tokens.requireLogin("ann", "s3cret");
            Given.push(client, IMAGE, "1");
            for (int i = 0; i < 5; i++) {
                assertThat(client.digestOf(APP, TagName.of("1"))).isPresent();
            }
            assertThat(client.repositories()).containsExactly(APP);
            // One for push, one for pull, one for the catalog.
            assertThat(tokens.issued())
                    .extracting(token -> String.join(" ", token.scopes()))
                    .containsExactly("repository:team/app:pull,push", "repository:team/app:pull", "registry:catalog:*");
            assertThat(client.counters().tokens()).isEqualTo(3);
        }
    }

    @Test
    void mountsWithRightsForBothRepositories() throws Exception {
        RepositoryName other = RepositoryName.of("other");
        Digest layer = Digest.of(IMAGE.layers().get(0).digest());
        try (TokenServer tokens = TokenServer.start();
                RegistryServer registry =
                        RegistryServer.in(folder).withTokens(tokens).start();
                RegistryClient client = Given.client(registry.uri())) {
            Given.put(client, other, IMAGE.layers().get(0));
            assertThat(client.mount(APP, layer, other)).isTrue();
            // An upload that is opened instead is cancelled, for which this registry wants the right to delete.
            assertThat(client.mount(APP, Digest.sha256(new byte[] {1}), other)).isFalse();
            assertThat(tokens.issued())
                    .anyMatch(token ->
                            token.scopes().toString().equals("[repository:other:pull, repository:team/app:pull,push]"));
            assertThat(tokens.issued())
                    .anyMatch(token -> token.scopes().toString().contains("delete"));
            assertThat(tokens.issued()).allMatch(token -> token.authorization().isEmpty());
        }
    }

    @Test
    void outlivesShortTokens() throws Exception {
        try (TokenServer tokens = TokenServer.start();
                RegistryServer registry =
                        RegistryServer.in(folder).withTokens(tokens).start();
                RegistryClient client = Given.client(registry.uri())) {
            tokens.life(Duration.ofSeconds(2));
            Given.push(client, IMAGE, "1");
            long before = client.counters().retries();
            Awaitility.await("a second pull token, without an error between")
                    .atMost(Duration.ofSeconds(15))
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> {
                        assertThat(client.digestOf(APP, TagName.of("1"))).isPresent();
                        return tokens.issued().stream()
                                        .filter(token -> token.scopes().contains("repository:team/app:pull"))
                                        .count()
                                >= 2;
                    });
            assertThat(client.counters().retries()).isEqualTo(before);
        }
    }

    @Test
    void replacesATokenThatEndedBeforeItsTime() throws Exception {
        try (TokenServer tokens = TokenServer.start();
                RegistryServer registry =
                        RegistryServer.in(folder).withTokens(tokens).start();
                RegistryClient client = Given.client(registry.uri())) {
            tokens.life(Duration.ofSeconds(2));
            tokens.announce(Duration.ofMinutes(5));
            Given.push(client, IMAGE, "1");
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(4);
            Awaitility.await("the token to end").atMost(Duration.ofSeconds(10)).until(() -> System.nanoTime() > end);
            assertThat(client.digestOf(APP, TagName.of("1"))).isPresent();
            Given.push(client, SampleImages.oci(2, 10), "2");
            assertThat(tokens.issued().size()).isGreaterThan(2);
        }
    }

    @Test
    void doesNotAskForeverWhenATokenGrantsTooLittle() throws Exception {
        try (TokenServer tokens = TokenServer.start();
                RegistryServer registry =
                        RegistryServer.in(folder).withTokens(tokens).start();
                RegistryClient client = Given.client(registry.uri())) {
            tokens.grantPullOnly();
            RegistryException failure = failure(ErrorCode.DENIED, () -> Given.push(client, IMAGE, "1"));
            assertThat(failure)
                    .hasMessageContaining("insufficient_scope")
                    .hasMessageContaining("begin to push the blob team/app@sha256:")
                    .hasMessageMatching(".*repository:team/app:(pull,push|push,pull).*");
            assertThat(failure.retryable()).isFalse();
            assertThat(tokens.issued()).hasSize(1);
            // Two calls to the registry, one for the token.
            assertThat(client.counters().requests()).isEqualTo(3);
        }
    }

    @Test
    void passesOnWhatTheTokenServerSays() throws Exception {
        try (TokenServer tokens = TokenServer.start();
                RegistryServer registry =
                        RegistryServer.in(folder).withTokens(tokens).start();
                RegistryClient client =
                        RegistryClient.of(Given.endpoint(registry.uri()).as(new Credentials("ann", "hunter2")))) {
            tokens.requireLogin("ann", "s3cret");
            assertThat(failure(ErrorCode.UNAUTHORIZED, () -> client.tags(APP)))
                    .hasMessageContaining("wrong user or password")
                    .hasMessageNotContaining("hunter2");
        }
    }

    @Test
    void trustsAPrivateAuthorityThatIsNamed() throws Exception {
        TestAuthority authority = TestAuthority.named("private");
        Path file =
                authority.writeTo(Files.createDirectories(folder.resolve("ca")).resolve("ca.pem"));
        try (RegistryServer registry =
                RegistryServer.in(folder.resolve("registry")).withTls(authority).start()) {
            RegistryEndpoint endpoint = RegistryEndpoint.of(registry.uri());
            try (RegistryClient client = RegistryClient.of(endpoint.trusting(file))) {
                Given.push(client, IMAGE, "1");
                Path certificates = Files.createDirectories(folder.resolve("skopeo"));
                authority.writeTo(certificates.resolve("ca.crt"));
                assertThat(Skopeo.trusting(certificates).digest("docker://" + registry.host() + "/" + APP + ":1"))
                        .isEqualTo(IMAGE.digest());
            }
            try (RegistryClient client = RegistryClient.of(endpoint)) {
                RegistryException failure = failure(ErrorCode.UNTRUSTED, client::ping);
                assertThat(failure).hasMessageContaining("certificate is not trusted");
                assertThat(failure.retryable()).isFalse();
                assertThat(client.counters().requests()).isEqualTo(1);
            }
            Path another = TestAuthority.named("another").writeTo(folder.resolve("another.pem"));
            try (RegistryClient client = RegistryClient.of(endpoint.trusting(another))) {
                failure(ErrorCode.UNTRUSTED, client::ping);
            }
            Path none = Files.writeString(folder.resolve("none.pem"), "no certificate");
            failure(ErrorCode.UNTRUSTED, () -> RegistryClient.of(endpoint.trusting(none)));
            failure(ErrorCode.UNTRUSTED, () -> RegistryClient.of(endpoint.trusting(folder.resolve("missing.pem"))));
        }
    }

    @Test
    void speaksPlainHttpOnlyWhenAllowedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RegistryEndpoint.of(URI.create("http://127.0.0.1:5000")))
                .withMessageContaining("without TLS");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RegistryEndpoint.of(URI.create("https://ann:s3cret@reg.example.com")))
                .withMessageNotContaining("s3cret");
        for (String bad : new String[] {"reg.example.com", "ftp://reg.example.com", "https:///x", "https://a?b=c"}) {
            assertThatIllegalArgumentException()
                    .as(bad)
                    .isThrownBy(() -> RegistryEndpoint.allowingPlainHttp(URI.create(bad)));
        }
    }
}
