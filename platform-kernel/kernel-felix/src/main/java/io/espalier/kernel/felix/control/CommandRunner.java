package io.espalier.kernel.felix.control;

import java.io.OutputStream;

/** Runs command lines for one client, one after the other. */
public interface CommandRunner extends AutoCloseable {
    /**
     * Runs one line on the calling thread; an interrupt ends it. Never throws: what goes wrong is a sentence on the error stream.
     *
     * @return 0 when the command succeeded, else 1
     */
    int run(String line);

    @Override
    void close();

    /** Makes a runner for a new client. */
    @FunctionalInterface
    interface Factory {
        CommandRunner open(OutputStream out, OutputStream err);
    }
}
