package io.espalier.registry.client;

import static io.espalier.registry.client.Given.APP;
import static io.espalier.registry.client.Given.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.registry.endpoint.RegistryEndpoint;
import io.espalier.registry.endpoint.RetryPolicy;
import io.espalier.registry.endpoint.Timeouts;
import io.espalier.registry.error.ErrorCode;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.name.Digest;
import io.espalier.registry.name.TagName;
import io.espalier.testkit.link.LinkEmulator;
import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.FrontProxy;
import io.espalier.testkit.registry.ProxyRules;
import io.espalier.testkit.registry.SampleBlob;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@RequiresProgram("docker-registry")
@Timeout(120)
class FaultsTest extends RegistryRig {
    private static final int MIB = 1024 * 1024;
    private static final SampleBlob BLOB = SampleBlob.random("application/octet-stream", 42, 8L * MIB + 3);
    private static final Digest DIGEST = Digest.of(BLOB.digest());
    private static final SampleImage IMAGE = SampleImages.oci(1, 100_000);

    @Test
    void triesAgainWhatMayPassAndNothingElse() throws Exception {
        try (FrontProxy proxy = FrontProxy.to(registry.uri());
                RegistryClient client = Given.client(proxy.uri())) {
            for (int status : new int[] {502, 503, 504, 429}) {
                proxy.heal();
                proxy.rule(ProxyRules.fail(request -> true, status, 2));
                client.ping();
            }
            assertThat(client.counters().retries()).isEqualTo(8);
            for (int status : new int[] {400, 403, 405, 413, 500}) {
                proxy.heal();
                proxy.rule(ProxyRules.fail(request -> true, status, 1));
                int before = proxy.requests().size();
                RegistryException failure =
                        org.assertj.core.api.Assertions.catchThrowableOfType(RegistryException.class, client::ping);
                assertThat(failure.status()).isEqualTo(status);
                assertThat(failure.retryable()).isFalse();
                assertThat(failure).hasMessageContaining("the proxy says " + status);
                assertThat(proxy.requests()).hasSize(before + 1);
            }
            proxy.heal();
            proxy.rule(ProxyRules.fail(request -> true, 503, 1_000));
            assertThat(failure(ErrorCode.SERVER_ERROR, client::ping).retryable())
                    .isTrue();
        }
    }

    @Test
    void pushesAgainWhenTheRegistryDiesDuringAnUpload() throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        byte[] bytes = BLOB.bytes();
        BlobSource source = () -> {
            boolean first = attempts.incrementAndGet() == 1;
            return new FilterInputStream(new ByteArrayInputStream(bytes)) {
                private long passed;

                @Override
                public int read(byte[] target, int offset, int length) throws IOException {
                    int count = super.read(target, offset, length);
                    passed += count;
                    if (first && passed > bytes.length / 2) {
                        passed = Long.MIN_VALUE;
                        registry.kill();
                        registry.start();
                    }
                    return count;
                }
            };
        };
        try (RegistryClient client = Given.client(registry.uri())) {
            client.putBlob(APP, DIGEST, BLOB.size(), source);
            assertThat(attempts.get()).isEqualTo(2);
            assertThat(oracle.readBlob(APP.value(), BLOB.digest())).isEqualTo(BLOB.digest() + " " + BLOB.size());
        }
    }

    @Test
    void goesOnAtTheNextByteWhenAReadBreaks() throws Exception {
        oracle.pushBlob(BLOB, APP.value());
        try (LinkEmulator link = LinkEmulator.to(registry.port());
                RegistryClient client = Given.client(URI.create("http://127.0.0.1:" + link.port()));
                InputStream in = client.openBlob(APP, DIGEST, 0, BLOB.size())) {
            Digest.Hasher hasher = DIGEST.newHasher();
            byte[] piece = new byte[64 * 1024];
            long read = 0;
            for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                hasher.update(piece, 0, count);
                if (read / (2 * MIB) != (read + count) / (2 * MIB)) {
                    link.cut();
                    link.heal();
                }
                read += count;
            }
            assertThat(read).isEqualTo(BLOB.size());
            assertThat(hasher.digest()).isEqualTo(DIGEST);
            assertThat(client.counters().retries()).isPositive();
            assertThat(client.counters().bytesIn()).isLessThan(BLOB.size() + 6 * MIB);
        }
    }

    @Test
    void namesAHostThatIsUnknownOrDoesNotListen() throws Exception {
        RetryPolicy twice = new RetryPolicy(2, Duration.ofMillis(1), Duration.ofMillis(1), Duration.ZERO);
        try (RegistryClient client = RegistryClient.of(
                RegistryEndpoint.of(URI.create("https://registry.invalid")).retrying(twice))) {
            RegistryException failure = failure(ErrorCode.UNREACHABLE, client::ping);
            assertThat(failure).hasMessageContaining("registry.invalid is not known");
            assertThat(failure.retryable()).isTrue();
        }
        registry.stop();
        try (RegistryClient client =
                RegistryClient.of(Given.endpoint(registry.uri()).retrying(twice))) {
            assertThat(failure(ErrorCode.UNREACHABLE, client::ping)).hasMessageContaining("is the registry up?");
            assertThat(client.counters().requests()).isEqualTo(2);
        }
    }

    @Test
    void givesUpOnARegistryThatIsSilent() throws Exception {
        Duration brief = Duration.ofMillis(500);
        Duration ample = Duration.ofSeconds(30);
        RegistryEndpoint endpoint = Given.endpoint(registry.uri()).retrying(RetryPolicy.NEVER);
        try (RegistryClient impatient = RegistryClient.of(endpoint.within(new Timeouts(ample, brief, ample, ample)));
                RegistryClient client = RegistryClient.of(endpoint.within(new Timeouts(ample, ample, brief, ample)))) {
            client.ping();
            registry.freeze();
            assertThat(failure(ErrorCode.UNREACHABLE, impatient::ping)).hasMessageContaining("no answer in time");
            registry.thaw();
            SampleBlob large = SampleBlob.random("application/octet-stream", 1, 64L * MIB);
            byte[] bytes = large.bytes();
            BlobSource freezing = () -> new FilterInputStream(new ByteArrayInputStream(bytes)) {
                private long passed;

                @Override
                public int read(byte[] target, int offset, int length) throws IOException {
                    int count = super.read(target, offset, length);
                    passed += count;
                    if (passed == count) {
                        registry.freeze();
                    }
                    return count;
                }
            };
            RegistryException stalled = failure(
                    ErrorCode.UNREACHABLE,
                    () -> client.putBlob(APP, Digest.of(large.digest()), large.size(), freezing));
            assertThat(stalled).hasMessageContaining("took no byte");
        } finally {
            registry.thaw();
        }
    }

    @Test
    void aSlowSourceIsNoFailure() throws Exception {
        Timeouts brief = new Timeouts(
                Duration.ofSeconds(30), Duration.ofSeconds(30), Duration.ofMillis(300), Duration.ofSeconds(30));
        try (RegistryClient client =
                RegistryClient.of(Given.endpoint(registry.uri()).within(brief).retrying(RetryPolicy.NEVER))) {
            BlobSource slow = () -> new FilterInputStream(new ByteArrayInputStream(BLOB.bytes())) {
                private boolean waited;

                @Override
                public int read(byte[] target, int offset, int length) throws IOException {
                    if (!waited) {
                        waited = true;
                        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(1500);
                        Awaitility.await().until(() -> System.nanoTime() > end);
                    }
                    return super.read(target, offset, length);
                }
            };
            client.putBlob(APP, DIGEST, BLOB.size(), slow);
            assertThat(oracle.readBlob(APP.value(), BLOB.digest())).isEqualTo(BLOB.digest() + " " + BLOB.size());
        }
    }

    @Test
    void aTagThatSomebodySetsDuringItsDeletionIsNotDeleted() throws Exception {
        SampleImage other = SampleImages.oci(2, 1_000);
        oracle.push(IMAGE, APP.value(), "1");
        oracle.push(IMAGE, APP.value(), "2");
        try (FrontProxy proxy = FrontProxy.to(registry.uri());
                RegistryClient client = Given.client(proxy.uri())) {
            proxy.rule(request -> {
                if (request.method().equals("POST")) {
                    oracle.push(other, APP.value(), "1");
                }
                return java.util.Optional.empty();
            });
            Digest expected = Digest.of(IMAGE.digest());

            assertThat(failure(ErrorCode.REFUSED, () -> client.deleteTag(APP, TagName.of("1"), expected)))
                    .hasMessageContaining(other.digest())
                    .matches(RegistryException::retryable, "may be tried again");

            assertThat(oracle.digestOf(APP.value(), "1")).isEqualTo(other.digest());
            assertThat(proxy.requests(request -> request.method().equals("POST")))
                    .as("the other image came in the middle")
                    .isNotEmpty();
            assertThat(client.deleteTag(APP, TagName.of("2"), expected)).isTrue();
            assertThat(oracle.digestOf(APP.value(), "2")).isEmpty();
            assertThat(client.deleteTag(APP, TagName.of("2"), expected)).isFalse();
            failure(ErrorCode.REFUSED, () -> client.deleteTag(APP, TagName.of("1"), expected));
        }
    }
}
