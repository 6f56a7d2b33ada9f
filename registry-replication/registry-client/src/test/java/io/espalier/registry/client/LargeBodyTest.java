package io.espalier.registry.client;

import static io.espalier.registry.client.Given.APP;
import static io.espalier.registry.client.Given.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.registry.endpoint.RetryPolicy;
import io.espalier.registry.endpoint.Timeouts;
import io.espalier.registry.error.ErrorCode;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.name.Digest;
import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.FrontProxy;
import io.espalier.testkit.registry.FrontProxy.Received;
import io.espalier.testkit.registry.FrontProxy.Reply;
import io.espalier.testkit.registry.ProxyRules;
import io.espalier.testkit.registry.SampleBlob;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Proxies that take no large bodies. */
@RequiresProgram("docker-registry")
@Timeout(120)
class LargeBodyTest extends RegistryRig {
    private static final int MIB = 1024 * 1024;
    private static final SampleBlob BLOB = SampleBlob.random("application/octet-stream", 42, 8L * MIB + 3);

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
}
