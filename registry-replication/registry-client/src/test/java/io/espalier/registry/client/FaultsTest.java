package io.espalier.registry.client;

import static io.espalier.registry.client.Given.APP;
import static io.espalier.registry.client.Given.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.registry.content.Manifest;
import io.espalier.registry.content.MediaTypes;
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
import io.espalier.testkit.registry.FrontProxy.Received;
import io.espalier.testkit.registry.FrontProxy.Reply;
import io.espalier.testkit.registry.ImagePusher;
import io.espalier.testkit.registry.ProxyRules;
import io.espalier.testkit.registry.RegistryServer;
import io.espalier.testkit.registry.SampleBlob;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@RequiresProgram("docker-registry")
@Timeout(120)
class FaultsTest {
    private static final int MIB = 1024 * 1024;
    private static final SampleBlob BLOB = SampleBlob.random("application/octet-stream", 42, 8L * MIB + 3);
    private static final Digest DIGEST = Digest.of(BLOB.digest());
    private static final SampleImage IMAGE = SampleImages.oci(1, 100_000);

    @TempDir
    private Path folder;

    private RegistryServer registry;
    private ImagePusher oracle;

    @BeforeEach
    void start() {
        registry = RegistryServer.in(folder).start();
        oracle = ImagePusher.to(registry.uri());
    }

    @AfterEach
    void stop() {
        registry.close();
    }

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
    void callsOfAllThreadsWaitForAHostThatIsAskedTooMuchWithoutSayingForHowLong() throws Exception {
        RetryPolicy policy = new RetryPolicy(3, Duration.ofMillis(600), Duration.ofMillis(600), Duration.ofSeconds(20));
        try (FrontProxy proxy = FrontProxy.to(registry.uri());
                RegistryClient client = RegistryClient.of(
                        RegistryEndpoint.allowingPlainHttp(proxy.uri()).retrying(policy))) {
            proxy.rule(ProxyRules.fail(request -> true, 429, 1));
            ExecutorService other = Executors.newSingleThreadExecutor();
            try {
                Future<?> first = other.submit(() -> {
                    client.ping();
                    return null;
                });
                Awaitility.await("the refusal")
                        .pollInterval(Duration.ofMillis(5))
                        .atMost(Duration.ofSeconds(10))
                        .until(() -> client.counters().pauses() > 0);
                client.ping();
                first.get(20, TimeUnit.SECONDS);
            } finally {
                other.shutdownNow();
            }

            long refused = proxy.requests().get(0).nanos();
            assertThat(proxy.requests().stream().skip(1)).isNotEmpty().allSatisfy(request -> assertThat(
                            request.nanos() - refused)
                    .isGreaterThan(Duration.ofMillis(550).toNanos()));
        }
    }

    @Test
    void doesNotPushAgainWhatIsTooLargeForAProxy() throws Exception {
        try (FrontProxy proxy = FrontProxy.to(registry.uri())
                        .rule(ProxyRules.fail(request -> request.method().equals("PUT"), 413, 100));
                RegistryClient client = Given.client(proxy.uri())) {
            SampleBlob small = SampleBlob.random("application/octet-stream", 44, MIB);
            RegistryException failure = failure(ErrorCode.TOO_LARGE, () -> Given.put(client, APP, small));
            assertThat(failure).hasMessageContaining("Raise the limit").hasMessageContaining(small.digest());
            assertThat(proxy.requests(request -> request.method().equals("PUT")))
                    .hasSize(1);
            assertThat(proxy.requests(request -> request.method().equals("DELETE")))
                    .hasSize(1);
        }
    }

    @Test
    void pushesInSmallerChunksWhatAProxyFindsTooLarge() throws Exception {
        long limit = 3L * MIB;
        try (FrontProxy proxy = FrontProxy.to(registry.uri())
                        .rule(ProxyRules.reply(
                                request -> length(request) > limit, new Reply(413, Map.of(), "entity too large")));
                RegistryClient client = Given.client(proxy.uri())) {
            Given.put(client, APP, BLOB);
            assertThat(oracle.readBlob(APP.value(), BLOB.digest())).isEqualTo(BLOB.digest() + " " + BLOB.size());
            assertThat(proxy.requests(request -> request.method().equals("PATCH")))
                    .extracting(request -> request.header("content-range"))
                    .startsWith("0-2097151", "2097152-4194303");
            SampleBlob next = SampleBlob.random("application/octet-stream", 43, 5L * MIB);
            Given.put(client, APP, next);
            assertThat(oracle.readBlob(APP.value(), next.digest())).isEqualTo(next.digest() + " " + next.size());
            assertThat(proxy.requests(request -> length(request) > limit))
                    .as("bodies that are too large")
                    .hasSize(1);
            byte[] wrong = BLOB.bytes();
            wrong[7] ^= 1;
            failure(
                    ErrorCode.DIGEST_MISMATCH,
                    () -> client.putBlob(APP, Digest.sha256(new byte[1]), wrong.length, BlobSource.of(wrong)));
        }
    }

    @Test
    void waitsForTheCommitOfAChunkedUploadAsLongAsForAnyOther() throws Exception {
        Duration answer = Duration.ofSeconds(3);
        Timeouts timeouts = new Timeouts(answer, answer, Duration.ofSeconds(30), Duration.ofMinutes(1));
        try (FrontProxy proxy = FrontProxy.to(registry.uri())
                        .rule(ProxyRules.reply(
                                request -> length(request) > 3L * MIB, new Reply(413, Map.of(), "entity too large")))
                        .rule(ProxyRules.delay(
                                request -> request.method().equals("PUT") && length(request) == 0,
                                answer.plusSeconds(2)));
                RegistryClient client = RegistryClient.of(
                        Given.endpoint(proxy.uri()).within(timeouts).retrying(RetryPolicy.NEVER))) {
            Given.put(client, APP, BLOB);
            assertThat(oracle.readBlob(APP.value(), BLOB.digest())).isEqualTo(BLOB.digest() + " " + BLOB.size());
        }
    }

    private static long length(Received request) {
        String length = request.header("content-length");
        return length.isEmpty() ? 0 : Long.parseLong(length);
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
    void takesAnAnswerToARangeFromTheStart() throws Exception {
        oracle.push(IMAGE, APP.value(), "1");
        SampleBlob config = IMAGE.config().get(0);
        String text = new String(config.bytes(), java.nio.charset.StandardCharsets.UTF_8);
        try (FrontProxy proxy = FrontProxy.to(registry.uri())
                        .rule(ProxyRules.reply(Received::readsBlob, new Reply(200, Map.of(), text)));
                RegistryClient client = Given.client(proxy.uri());
                InputStream in = client.openBlob(APP, Digest.of(config.digest()), 10, 20)) {
            assertThat(in.readAllBytes())
                    .isEqualTo(text.substring(10, 20).getBytes(java.nio.charset.StandardCharsets.UTF_8));
            assertThat(Given.presence(client, config)).isEqualTo(BlobPresence.PROVED);
        }
        try (FrontProxy proxy = FrontProxy.to(registry.uri())
                        .rule(ProxyRules.reply(
                                Received::readsBlob,
                                new Reply(206, Map.of("Content-Range", "bytes 0-9/" + config.size()), "0123456789")));
                RegistryClient client = Given.client(proxy.uri())) {
            failure(ErrorCode.PROTOCOL, () -> client.openBlob(APP, Digest.of(config.digest()), 10, 20));
            assertThat(Given.presence(client, config)).isEqualTo(BlobPresence.CLAIMED_BUT_BROKEN);
        }
    }

    @Test
    void refusesManifestsThatAreNotWhatTheirNameSays() throws Exception {
        oracle.push(IMAGE, APP.value(), "1");
        Digest digest = Digest.of(IMAGE.digest());
        try (FrontProxy proxy = FrontProxy.to(registry.uri());
                RegistryClient client = Given.client(proxy.uri())) {
            answerManifests(proxy, MediaTypes.OCI_MANIFEST, "{\"schemaVersion\":2}");
            assertThat(failure(ErrorCode.DIGEST_MISMATCH, () -> client.manifest(APP, digest)))
                    .hasMessageContaining(digest.toString());
            answerManifests(proxy, MediaTypes.DOCKER_SCHEMA1_SIGNED, "{\"schemaVersion\":1}");
            assertThat(failure(ErrorCode.UNSUPPORTED_MANIFEST, () -> client.manifest(APP, TagName.of("1"))))
                    .hasMessageContaining("schema 1")
                    .hasMessageContaining(APP + ":1");
            answerManifests(proxy, "text/html", "<html>log in here</html>");
            failure(ErrorCode.UNSUPPORTED_MANIFEST, () -> client.manifest(APP, TagName.of("1")));
            answerManifests(proxy, MediaTypes.OCI_MANIFEST, "x".repeat(Manifest.MOST_BYTES + 1));
            assertThat(failure(ErrorCode.TOO_LARGE, () -> client.manifest(APP, TagName.of("1"))))
                    .hasMessageContaining("team/app:1");
        }
    }

    private static void answerManifests(FrontProxy proxy, String type, String body) {
        proxy.heal();
        proxy.rule(ProxyRules.reply(
                request -> request.target().contains("/manifests/"),
                new Reply(200, Map.of("Content-Type", type), body)));
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
    void aListWhoseLaterPageIsMissingIsNotTakenForAWholeOne() throws Exception {
        String list = "/v2/" + APP + "/tags/list";
        try (FrontProxy proxy = FrontProxy.to(registry.uri());
                RegistryClient client = Given.client(proxy.uri())) {
            assertThat(client.tags(APP)).as("those of no repository").isEmpty();
            proxy.rule(ProxyRules.fail(request -> request.target().contains("last=1"), 404, 1));
            proxy.rule(ProxyRules.reply(
                    request -> request.target().startsWith(list),
                    new Reply(200, Map.of("Link", "<" + list + "?last=1>; rel=\"next\""), "{\"tags\":[\"1\"]}")));

            assertThat(failure(ErrorCode.NOT_FOUND, () -> client.tags(APP))).hasMessageContaining("tags of " + APP);
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

    @Test
    void followsPagesAndStopsAtACircle() throws Exception {
        for (String name : List.of("a", "b", "c")) {
            oracle.push(SampleImages.oci(1, 1), name, "1");
        }
        try (FrontProxy proxy = FrontProxy.to(registry.uri());
                RegistryClient client = Given.client(proxy.uri())) {
            proxy.rule(request -> {
                if (!request.target().startsWith("/v2/_catalog")) {
                    return java.util.Optional.empty();
                }
                ImagePusher.Answer page = oracle.request("GET", request.target().replace("n=1000", "n=1"), Map.of());
                return java.util.Optional.of(new Reply(
                        200,
                        page.header("Link").isEmpty() ? Map.of() : Map.of("Link", page.header("Link")),
                        page.text()));
            });
            assertThat(client.repositories()).hasToString("[a, b, c]");
            proxy.rule(ProxyRules.reply(
                    request -> request.target().contains("/tags/"),
                    new Reply(
                            200,
                            Map.of("Link", "</v2/a/tags/list?n=1000>; rel=\"next\""),
                            "{\"tags\":[\"1\",\"../x\",null]}")));
            assertThat(client.tags(io.espalier.registry.name.RepositoryName.of("a")))
                    .extracting(TagName::value)
                    .contains("1")
                    .doesNotContain("../x");
        }
    }
}
