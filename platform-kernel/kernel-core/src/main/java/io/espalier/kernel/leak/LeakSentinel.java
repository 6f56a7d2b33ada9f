package io.espalier.kernel.leak;

import static java.util.Objects.requireNonNull;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches class loaders that should die and names what keeps them, or what they left behind.
 *
 * <p>Holds weak references only. Each watched loader is looked at once, after a delay; forcing the garbage collector costs a
 * full collection or a few. Safe for use by many threads; {@link #close} ends its thread.
 */
public final class LeakSentinel implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LeakSentinel.class);
    private static final int COLLECTIONS = 6;
    private static final Duration BETWEEN = Duration.ofMillis(30);

    private final Duration delay;
    private final List<Watched> watched = new CopyOnWriteArrayList<>();
    private final ScheduledThreadPoolExecutor timer;
    private final Survivors survivors = new Survivors();

    private record Watched(String plugin, WeakReference<ClassLoader> loader) {}

    /**
     * Starts nothing yet.
     *
     * @param delay from the removal of a plug-in to the look at what survived
     */
    public LeakSentinel(Duration delay) {
        this.delay = requireNonNull(delay, "delay is null");
        timer = new ScheduledThreadPoolExecutor(1, LeakSentinel::thread, new ThreadPoolExecutor.DiscardPolicy());
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        // The thread is there only while something is to be looked at.
        timer.setKeepAliveTime(1, TimeUnit.SECONDS);
        timer.allowCoreThreadTimeOut(true);
    }

    /** Watches the loader of a plug-in that was removed; returns at once. */
    public void watch(String plugin, ClassLoader loader) {
        var fresh = new Watched(plugin, new WeakReference<>(loader));
        watched.add(fresh);
        var unused = timer.schedule(() -> look(fresh), delay.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Forces the garbage collector and looks at every watched loader now; takes up to a second. */
    public List<Leak> check() {
        collect(watched);
        return report();
    }

    /** What survives now, without forcing the garbage collector. */
    public List<Leak> report() {
        watched.removeIf(one -> one.loader().get() == null);
        var leaks = new ArrayList<Leak>();
        for (Watched one : watched) {
            ClassLoader loader = one.loader().get();
            if (loader != null) {
                leaks.addAll(survivors.of(one.plugin(), loader));
            }
        }
        return leaks;
    }

    /** What this JVM does not let the sentinel see, each with what opens its eyes; empty when it sees all. */
    public List<String> blindSpots() {
        return survivors.blindSpots();
    }

    @Override
    public void close() {
        timer.shutdownNow();
        watched.clear();
    }

    private void look(Watched one) {
        try {
            collect(List.of(one));
            ClassLoader loader = one.loader().get();
            if (loader == null) {
                watched.remove(one);
                return;
            }
            survivors.of(one.plugin(), loader).forEach(leak -> LOG.warn("{}", leak.sentence()));
        } catch (RuntimeException e) {
            LOG.error("The look for what survives of {} failed.", one.plugin(), e);
        }
    }

    /** A few collections, because references are cleared and finalizers run in turns. */
    private static void collect(List<Watched> loaders) {
        for (int i = 0; i < COLLECTIONS && anyAlive(loaders); i++) {
            System.gc();
            if (anyAlive(loaders) && !pause()) {
                return;
            }
        }
    }

    private static boolean anyAlive(List<Watched> loaders) {
        return loaders.stream().anyMatch(one -> !one.loader().refersTo(null));
    }

    private static boolean pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(BETWEEN.toMillis());
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static @Nullable Thread thread(Runnable task) {
        var thread = new Thread(null, task, "leak-sentinel", 0, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(LeakSentinel.class.getClassLoader());
        return thread;
    }
}
