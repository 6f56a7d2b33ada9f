package io.espalier.registry.client;

import static io.espalier.registry.client.Given.APP;
import static io.espalier.registry.client.Given.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.registry.endpoint.RegistryEndpoint;
import io.espalier.registry.endpoint.RetryPolicy;
import io.espalier.registry.error.ErrorCode;
import io.espalier.registry.error.RegistryException;
import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.FrontProxy;
import io.espalier.testkit.registry.ProxyRules;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@RequiresProgram("docker-registry")
@Timeout(120)
class RateLimitTest extends RegistryRig {
    @Test
    void sendsNothingDuringAPauseThatIsGivenInSeconds() throws Exception {
        keepsThePause(ProxyRules.tooManyRequestsEvery(7, Duration.ofSeconds(4)));
    }

    @Test
    void sendsNothingDuringAPauseThatIsGivenAsDate() throws Exception {
        keepsThePause(ProxyRules.tooManyRequestsUntilDateEvery(7, Duration.ofSeconds(3)));
    }

    /** Three threads push; whenever the proxy said 429, no request of any of them may come until three seconds later. */
    private void keepsThePause(FrontProxy.Rule rule) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(3);
        List<Long> pauses = java.util.Collections.synchronizedList(new ArrayList<>());
        try (FrontProxy proxy = FrontProxy.to(registry.uri());
                RegistryClient client = Given.client(proxy.uri())) {
            proxy.rule(request -> {
                var reply = rule.answer(request);
                reply.ifPresent(pause -> pauses.add(System.nanoTime()));
                return reply;
            });
            List<Future<?>> pushes = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                SampleImage image = SampleImages.oci(i, 1000);
                String tag = "t" + i;
                pushes.add(threads.submit(() -> {
                    Given.push(client, image, tag);
                    return null;
                }));
            }
            for (Future<?> push : pushes) {
                push.get(60, TimeUnit.SECONDS);
            }
            assertThat(pauses).as("pauses that the proxy asked for").hasSizeGreaterThanOrEqualTo(2);
            long inFlight = TimeUnit.MILLISECONDS.toNanos(1500);
            long pause = TimeUnit.MILLISECONDS.toNanos(2900);
            for (long asked : pauses) {
                assertThat(proxy.requests(
                                request -> request.nanos() - asked > inFlight && request.nanos() - asked < pause))
                        .as("requests within a pause")
                        .isEmpty();
            }
            for (int i = 0; i < 3; i++) {
                assertThat(oracle.digestOf(APP.value(), "t" + i))
                        .isEqualTo(SampleImages.oci(i, 1000).digest());
            }
            assertThat(client.counters().pauses()).isEqualTo(pauses.size());
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void doesNotWaitLongerThanItMay() throws Exception {
        try (FrontProxy proxy =
                        FrontProxy.to(registry.uri()).rule(ProxyRules.tooManyRequestsEvery(1, Duration.ofMinutes(30)));
                RegistryClient client = Given.client(proxy.uri())) {
            RegistryException failure = failure(ErrorCode.RATE_LIMITED, client::ping);
            assertThat(failure.retryable()).isTrue();
            assertThat(proxy.requests()).hasSize(1);
            failure(ErrorCode.RATE_LIMITED, () -> client.tags(APP));
            assertThat(proxy.requests())
                    .as("the pause holds for the next call too")
                    .hasSize(1);
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
}
