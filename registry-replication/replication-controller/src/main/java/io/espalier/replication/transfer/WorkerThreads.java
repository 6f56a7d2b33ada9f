package io.espalier.replication.transfer;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Threads that do the same work until they are interrupted. */
final class WorkerThreads implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerThreads.class);
    private static final long CLOSE_SECONDS = 5;

    private final String name;
    private final List<Thread> threads = new ArrayList<>();

    /** @param name begins the names of the threads */
    WorkerThreads(String name) {
        this.name = name;
    }

    /** Starts so many threads more; the work ends when its thread is interrupted. */
    void start(int count, Runnable work) {
        for (int i = 0; i < count; i++) {
            Thread thread = new Thread(work, name + "-" + threads.size());
            threads.add(thread);
            thread.start();
        }
    }

    /** Interrupts all and waits some seconds for each; one that does not end is named in the log. */
    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
        for (Thread thread : threads) {
            try {
                thread.join(TimeUnit.SECONDS.toMillis(CLOSE_SECONDS));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            if (thread.isAlive()) {
                LOG.warn("Thread {} did not end within {} s.", thread.getName(), CLOSE_SECONDS);
            }
        }
    }
}
