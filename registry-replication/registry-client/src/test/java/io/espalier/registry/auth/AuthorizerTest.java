package io.espalier.registry.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.espalier.registry.endpoint.RegistryEndpoint;
import io.espalier.registry.error.ErrorCode;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.metrics.RegistryCounters;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AuthorizerTest {
    private static final List<String> CHALLENGE =
            List.of("Bearer realm=\"https://auth.example.com/token\",service=\"registry\"");
    private static final int CALLS = 4;

    private final CountDownLatch go = new CountDownLatch(1);
    private final AtomicInteger fetches = new AtomicInteger();
    private final List<Thread> waiting = java.util.Collections.synchronizedList(new ArrayList<>());
    private final ExecutorService threads = Executors.newFixedThreadPool(CALLS, task -> {
        Thread thread = new Thread(task, "authorizer-test");
        waiting.add(thread);
        return thread;
    });
    private final Authorizer authorizer = new Authorizer(
            RegistryEndpoint.of(URI.create("https://registry.example.com")), this::fetch, new RegistryCounters());

    @AfterEach
    void end() {
        go.countDown();
        threads.shutdownNow();
    }

    private byte[] fetch(URI uri, Optional<String> authorization) throws RegistryException {
        fetches.incrementAndGet();
        boolean open = false;
        while (!open) {
            try {
                go.await();
                open = true;
            } catch (InterruptedException e) {
                // The token server is waited for in any case, so that nobody else gets the lock.
            }
        }
        throw RegistryException.passing(ErrorCode.UNREACHABLE, "The token server does not answer.");
    }

    private RegistryException refusal() {
        return catchThrowableOfType(
                RegistryException.class, () -> authorizer.after(CHALLENGE, Access.none(), Optional.empty()));
    }

    private void awaitAllWaiting() {
        Awaitility.await("all calls to wait for the token")
                .atMost(Duration.ofSeconds(30))
                .until(() -> waiting.size() == CALLS
                        && waiting.stream().allMatch(thread -> thread.getState() == Thread.State.WAITING));
    }

    @Test
    void callsThatWaitForATokenShareTheFailureToGetIt() throws Exception {
        List<Future<RegistryException>> calls = new ArrayList<>();
        for (int i = 0; i < CALLS; i++) {
            calls.add(threads.submit(this::refusal));
        }
        awaitAllWaiting();
        go.countDown();
        for (Future<RegistryException> call : calls) {
            assertThat(call.get(30, TimeUnit.SECONDS).code()).isEqualTo(ErrorCode.UNREACHABLE);
        }
        assertThat(fetches).hasValue(1);
        assertThat(refusal().code()).isEqualTo(ErrorCode.UNREACHABLE);
        assertThat(fetches).as("a later call tries again").hasValue(2);
    }

    @Test
    void anInterruptEndsTheWaitForAToken() throws Exception {
        List<Future<RegistryException>> calls = new ArrayList<>();
        for (int i = 0; i < CALLS; i++) {
            calls.add(threads.submit(this::refusal));
        }
        awaitAllWaiting();
        threads.shutdownNow();
        Awaitility.await("the calls that did not fetch to end")
                .atMost(Duration.ofSeconds(30))
                .until(() -> calls.stream().filter(Future::isDone).count() == CALLS - 1);
        go.countDown();
        int interrupted = 0;
        for (Future<RegistryException> call : calls) {
            if (call.get(30, TimeUnit.SECONDS).code() == ErrorCode.INTERRUPTED) {
                interrupted++;
            }
        }
        assertThat(interrupted).isEqualTo(CALLS - 1);
    }
}
