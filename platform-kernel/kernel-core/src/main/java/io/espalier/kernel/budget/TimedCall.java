package io.espalier.kernel.budget;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/** Runs foreign code on a named daemon thread of its own and waits for it no longer than a limit. */
public final class TimedCall {
    private static final int FRAMES = 60;

    private TimedCall() {}

    /** Code that may throw anything and may never return. */
    @FunctionalInterface
    public interface Work {
        void run() throws Exception;
    }

    /** How the call went, as far as the limit let us see. */
    public sealed interface Result {}

    /** Returned within the limit. */
    public record Done() implements Result {}

    /** Threw within the limit: an Exception or an Error. */
    public record Failed(Throwable cause) implements Result {
        public Failed {
            requireNonNull(cause, "cause is null");
        }
    }

    /**
     * Was still running at the limit; its thread has been interrupted once and is left alone.
     *
     * @param stack where the thread stood at the limit, one frame a line
     * @param thread the thread, which may run on for ever
     * @param ending completes, on that thread, with Done or Failed if the call ends after all
     */
    public record Late(String stack, Thread thread, CompletableFuture<Result> ending) implements Result {}

    /**
     * Runs the work.
     *
     * @param threadName the thread's name while it runs
     * @param limit how long the caller waits
     * @throws InterruptedException when the caller is interrupted; the work is then interrupted too and left alone
     */
    public static Result run(String threadName, Duration limit, Work work) throws InterruptedException {
        var ending = new CompletableFuture<Result>();
        var thread = new Thread(null, () -> ending.complete(outcome(work)), threadName, 0, false);
        thread.setDaemon(true);
        // A thread inherits its creator's loader, which may belong to a plug-in that is to be removed one day.
        thread.setContextClassLoader(TimedCall.class.getClassLoader());
        try {
            thread.start();
        } catch (OutOfMemoryError noThread) {
            return new Failed(noThread);
        }
        try {
            return ending.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException over) {
            String stack = stack(thread);
            if (ending.isDone()) {
                return ending.join();
            }
            thread.interrupt();
            return new Late(stack, thread, ending);
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        } catch (InterruptedException e) {
            thread.interrupt();
            throw e;
        }
    }

    /** Where a thread stands now: its name and state, then one frame a line. */
    public static String stack(Thread thread) {
        return Arrays.stream(thread.getStackTrace())
                .limit(FRAMES)
                .map(frame -> "\n    at " + frame)
                .collect(Collectors.joining("", "\"" + thread.getName() + "\" " + thread.getState(), ""));
    }

    /** Whatever plug-in code throws must end here: an Error in a plug-in is no reason for the kernel to end. */
    @SuppressWarnings("CatchingUnchecked")
    private static Result outcome(Work work) {
        try {
            work.run();
            return new Done();
        } catch (Throwable thrown) {
            return new Failed(thrown);
        }
    }
}
