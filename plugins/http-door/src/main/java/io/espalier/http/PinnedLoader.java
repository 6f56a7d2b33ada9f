package io.espalier.http;

import org.jspecify.annotations.Nullable;

/** Makes a class loader the thread's context class loader until closed, because Vert.x looks for its services there. */
final class PinnedLoader implements AutoCloseable {
    private final Thread thread = Thread.currentThread();
    private final @Nullable ClassLoader before = thread.getContextClassLoader();

    PinnedLoader(Class<?> of) {
        thread.setContextClassLoader(of.getClassLoader());
    }

    @Override
    public void close() {
        thread.setContextClassLoader(before);
    }
}
