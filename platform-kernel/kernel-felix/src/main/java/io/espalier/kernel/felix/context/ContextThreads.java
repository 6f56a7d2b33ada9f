package io.espalier.kernel.felix.context;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Makes the kernel's threads, named and with a {@link ContextLoader}, and gives one to the framework's own threads. */
public final class ContextThreads {
    private final @Nullable ClassLoader parent;

    /**
     * Threads whose context loaders end at the given one.
     *
     * @param parent where classes are looked for that no bundle on the stack has
     */
    public ContextThreads(@Nullable ClassLoader parent) {
        this.parent = parent;
    }

    /**
     * Gives the calling thread a context loader.
     *
     * @return gives the thread back what it had; to be run by the same thread
     */
    public Runnable pin() {
        Thread caller = Thread.currentThread();
        ClassLoader before = caller.getContextClassLoader();
        caller.setContextClassLoader(new ContextLoader(parent));
        return () -> caller.setContextClassLoader(before);
    }

    /** A daemon thread, not yet started. */
    public Thread thread(String name, Runnable work) {
        Thread thread = new Thread(requireNonNull(work, "work is null"), requireNonNull(name, "name is null"));
        thread.setDaemon(true);
        thread.setContextClassLoader(new ContextLoader(parent));
        return thread;
    }

    /** Makes threads named {@code <prefix>-1}, {@code <prefix>-2} and so on. */
    public ThreadFactory named(String prefix) {
        AtomicInteger number = new AtomicInteger();
        return work -> thread(prefix + "-" + number.incrementAndGet(), work);
    }

    /**
     * Gives the calling thread and every thread that runs framework code at its bottom a context loader, so that the threads
     * that system bundles start from them inherit it.
     *
     * @param frameworkPackage the beginning of the names of the framework's classes
     * @return gives all threads that carry a context loader back what they had
     */
    public Runnable adopt(String frameworkPackage) {
        Thread caller = Thread.currentThread();
        ClassLoader before = caller.getContextClassLoader();
        ContextLoader shared = new ContextLoader(parent);
        each(thread -> thread == caller || runsAtBottom(thread, frameworkPackage))
                .forEach(thread -> thread.setContextClassLoader(shared));
        return () -> each(thread -> thread.getContextClassLoader() instanceof ContextLoader)
                .forEach(thread -> thread.setContextClassLoader(before));
    }

    static void replace(ContextLoader spent, ContextLoader fresh) {
        each(thread -> thread.getContextClassLoader() == spent).forEach(thread -> thread.setContextClassLoader(fresh));
    }

    private static boolean runsAtBottom(Thread thread, String frameworkPackage) {
        return Arrays.stream(thread.getStackTrace())
                .anyMatch(frame -> frame.getClassName().startsWith(frameworkPackage));
    }

    private static List<Thread> each(Predicate<Thread> wanted) {
        ThreadGroup root = Thread.currentThread().getThreadGroup();
        while (root.getParent() != null) {
            root = root.getParent();
        }
        Thread[] threads = new Thread[root.activeCount() + 32];
        int found = root.enumerate(threads, true);
        List<Thread> result = new ArrayList<>();
        for (int i = 0; i < found; i++) {
            if (wanted.test(threads[i])) {
                result.add(threads[i]);
            }
        }
        return result;
    }
}
