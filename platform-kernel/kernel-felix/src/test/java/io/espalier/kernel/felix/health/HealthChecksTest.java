package io.espalier.kernel.felix.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.felix.hc.api.HealthCheck;
import org.apache.felix.hc.api.Result;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

class HealthChecksTest {
    private static final int ASKING = 8;
    private static final int CHECKS = 20;

    /** The first check holds all who ask, so that they go on to the others, which have ended, at the same time. */
    @Test
    void answersAllWhoAskAtTheSameTime() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        CyclicBarrier together = new CyclicBarrier(ASKING + 1);
        HealthChecks checks = new HealthChecks(context(held), Thread::new);
        ExecutorService asking = Executors.newFixedThreadPool(ASKING);
        try {
            List<CompletableFuture<List<HealthChecks.Outcome>>> answers = new ArrayList<>();
            for (int i = 0; i < ASKING; i++) {
                answers.add(CompletableFuture.supplyAsync(
                        () -> {
                            meet(together);
                            return checks.run();
                        },
                        asking));
            }
            meet(together);
            held.countDown();
            for (CompletableFuture<List<HealthChecks.Outcome>> answer : answers) {
                assertThat(answer.get(10, TimeUnit.SECONDS)).hasSize(CHECKS).allMatch(HealthChecks.Outcome::ok);
            }
        } finally {
            asking.shutdownNow();
        }
    }

    private static void meet(CyclicBarrier barrier) {
        try {
            barrier.await(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException("The threads did not meet.", e);
        }
    }

    private static BundleContext context(CountDownLatch held) {
        List<ServiceReference<HealthCheck>> references =
                IntStream.range(0, CHECKS).mapToObj(HealthChecksTest::reference).toList();
        HealthCheck quick = () -> new Result(Result.Status.OK, "fine");
        HealthCheck slow = () -> {
            try {
                held.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return new Result(Result.Status.OK, "fine at last");
        };
        return fake(BundleContext.class, (method, first) -> switch (method) {
            case "getServiceReferences" -> references;
            case "getService" -> references.get(0).equals(first) ? slow : quick;
            case "ungetService" -> true;
            default -> throw new UnsupportedOperationException(method);
        });
    }

    @SuppressWarnings("unchecked")
    private static ServiceReference<HealthCheck> reference(int number) {
        return fake(ServiceReference.class, (method, first) -> switch (method) {
            case "getProperty" -> "hc.name".equals(first) ? "check " + number : null;
            default -> throw new UnsupportedOperationException(method);
        });
    }

    private interface Answers {
        @Nullable
        Object to(String method, @Nullable Object first);
    }

    private static <T> T fake(Class<T> type, Answers answers) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> switch (method.getName()) {
                    case "hashCode" -> System.identityHashCode(self);
                    case "equals" -> self == arguments[0];
                    case "toString" -> type.getSimpleName();
                    default -> answers.to(method.getName(), arguments == null ? null : arguments[0]);
                }));
    }
}
