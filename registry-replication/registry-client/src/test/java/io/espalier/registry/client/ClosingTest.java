package io.espalier.registry.client;

import static io.espalier.registry.client.Given.APP;
import static io.espalier.registry.client.Given.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.registry.error.ErrorCode;
import io.espalier.registry.name.Digest;
import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.FrontProxy;
import io.espalier.testkit.registry.ProxyRules;
import io.espalier.testkit.registry.RegistryServer;
import io.espalier.testkit.registry.SampleBlob;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@RequiresProgram("docker-registry")
class ClosingTest {
    /** Far beyond what the test waits for. */
    private static final Duration LONG = Duration.ofMinutes(2);

    private static final SampleBlob BLOB = SampleBlob.random("application/octet-stream", 42, 16L * 1024 * 1024);

    @TempDir
    private Path folder;

    @Test
    void endsAllItsThreads() throws Exception {
        try (RegistryServer registry = RegistryServer.in(folder).start()) {
            Set<Thread> before = threads();
            RegistryClient client = Given.client(registry.uri());
            Given.put(client, APP, BLOB);
            assertThat(client.tags(APP)).isEmpty();
            assertThat(threads()).hasSizeGreaterThan(before.size());
            client.close();
            client.close();
            Awaitility.await("the last steps of its threads")
                    .atMost(Duration.ofSeconds(5))
                    .until(() -> named("registry-client-").isEmpty());
            failure(ErrorCode.CLOSED, client::ping);
            failure(ErrorCode.CLOSED, () -> Given.put(client, APP, BLOB));
            // The JDK's selector thread ends when the garbage collector finds that nobody refers to its client.
            Awaitility.await("the HTTP client's selector thread to end")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> {
                        System.gc();
                        return before.containsAll(threads());
                    });
        }
    }

    @Test
    void breaksWhatStillRuns() throws Exception {
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try (RegistryServer registry = RegistryServer.in(folder).start();
                FrontProxy proxy = FrontProxy.to(registry.uri())) {
            RegistryClient client = Given.client(proxy.uri());
            Given.put(client, APP, BLOB);
            InputStream reading = client.openBlob(APP, Digest.of(BLOB.digest()), 0, BLOB.size());
            proxy.rule(ProxyRules.delay(request -> true, LONG));
            int before = proxy.requests().size();
            Future<?> waiting = threads.submit(() -> failure(ErrorCode.CLOSED, client::ping));
            Awaitility.await("the request").until(() -> proxy.requests().size() > before);
            client.close();
            waiting.get(30, TimeUnit.SECONDS);
            assertThatThrownBy(reading::readAllBytes).isInstanceOf(IOException.class);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void anInterruptEndsACall() throws Exception {
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try (RegistryServer registry = RegistryServer.in(folder).start();
                FrontProxy proxy = FrontProxy.to(registry.uri()).rule(ProxyRules.delay(request -> true, LONG));
                RegistryClient client = Given.client(proxy.uri())) {
            Future<Boolean> waiting = threads.submit(() -> {
                failure(ErrorCode.INTERRUPTED, client::ping);
                return Thread.currentThread().isInterrupted();
            });
            Awaitility.await("the request").until(() -> !proxy.requests().isEmpty());
            threads.shutdownNow();
            assertThat(waiting.get(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static Set<Thread> threads() {
        return named("").stream()
                .filter(thread -> thread.getName().matches("(registry-client|HttpClient).*"))
                .collect(Collectors.toSet());
    }

    private static Set<Thread> named(String prefix) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(prefix))
                .collect(Collectors.toSet());
    }
}
