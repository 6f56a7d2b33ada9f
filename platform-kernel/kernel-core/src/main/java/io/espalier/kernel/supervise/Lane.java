package io.espalier.kernel.supervise;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs one plug-in's steps one after the other, so that no step of one plug-in waits for another plug-in. */
final class Lane {
    private static final Logger LOG = LoggerFactory.getLogger(Lane.class);
    /** Far above what people and timers ask of one plug-in while one step runs. */
    private static final int BOUND = 256;

    private final String name;
    private final Executor threads;
    private final Queue<Runnable> steps = new ArrayDeque<>();
    private boolean running;

    Lane(String name, Executor threads) {
        this.name = name;
        this.threads = threads;
    }

    /** Appends the step; false when the lane is full or closed and the step will never run. */
    synchronized boolean submit(Runnable step) {
        if (steps.size() >= BOUND) {
            LOG.warn("Plug-in {} has {} steps waiting; one more is dropped.", name, BOUND);
            return false;
        }
        steps.add(step);
        if (running) {
            return true;
        }
        try {
            threads.execute(this::drain);
            running = true;
            return true;
        } catch (RejectedExecutionException closed) {
            steps.clear();
            return false;
        }
    }

    private void drain() {
        Thread thread = Thread.currentThread();
        String idle = thread.getName();
        thread.setName("plugin-lane " + name);
        try {
            for (Runnable step = next(); step != null; step = next()) {
                run(step);
            }
        } finally {
            thread.setName(idle);
        }
    }

    /** A lane that dies would leave its plug-in without a keeper, so even an Error only ends the step. */
    private void run(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            LOG.error("A step of plug-in {} failed inside the kernel; the next step goes on.", name, e);
        }
    }

    private synchronized @Nullable Runnable next() {
        Runnable step = steps.poll();
        running = step != null;
        return step;
    }
}
