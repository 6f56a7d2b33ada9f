package io.espalier.kernel.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class TimedCallTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    @Test
    void returnsWhenTheWorkReturns() throws Exception {
        assertThat(TimedCall.run("t", LONG, () -> {})).isEqualTo(new TimedCall.Done());
    }

    @Test
    void handsOutWhateverIsThrown() throws Exception {
        var error = new StackOverflowError();
        assertThat(TimedCall.run("t", LONG, () -> {
                    throw error;
                }))
                .isEqualTo(new TimedCall.Failed(error));
        assertThat(TimedCall.run("t", LONG, () -> {
                    throw new IOException("x");
                }))
                .isInstanceOf(TimedCall.Failed.class);
    }

    @Test
    void givesUpInterruptsAndTellsWhenItEndsAfterAll() throws Exception {
        var interrupted = new CountDownLatch(1);
        var result = TimedCall.run("late one", Duration.ofMillis(100), () -> {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
        });
        assertThat(result).isInstanceOfSatisfying(TimedCall.Late.class, late -> {
            assertThat(late.stack()).startsWith("\"late one\" ").contains("CountDownLatch.await");
            assertThat(late.ending()).succeedsWithin(LONG).isEqualTo(new TimedCall.Done());
        });
        assertThat(interrupted.await(0, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void threadIsNamedDaemonAndFreeOfTheCallersLoader() throws Exception {
        var seen = new AtomicReference<String>();
        Thread caller = Thread.currentThread();
        ClassLoader before = caller.getContextClassLoader();
        caller.setContextClassLoader(new ClassLoader(null) {});
        try {
            TimedCall.run("mine", LONG, () -> {
                Thread own = Thread.currentThread();
                boolean kernels = own.getContextClassLoader() == TimedCall.class.getClassLoader();
                seen.set(own.getName() + " " + own.isDaemon() + " " + kernels);
            });
        } finally {
            caller.setContextClassLoader(before);
        }
        assertThat(seen).hasValue("mine true true");
    }

    @Test
    void pausesDoubleUpToTheLongest() {
        var backoff = Backoff.standard();
        assertThat(backoff.afterFailures(1)).isEqualTo(Duration.ofSeconds(1));
        assertThat(backoff.afterFailures(5)).isEqualTo(Duration.ofSeconds(16));
        assertThat(backoff.afterFailures(9)).isEqualTo(Duration.ofSeconds(256));
        assertThat(backoff.afterFailures(10)).isEqualTo(Duration.ofMinutes(5));
        assertThat(backoff.afterFailures(Integer.MAX_VALUE)).isEqualTo(Duration.ofMinutes(5));
    }

    @Test
    void budgetsMustBeAboveZero() {
        assertThatThrownBy(() -> new Budgets(Duration.ZERO, LONG, LONG, Map.of(), Backoff.standard()))
                .hasMessageContaining("'start'");
    }
}
