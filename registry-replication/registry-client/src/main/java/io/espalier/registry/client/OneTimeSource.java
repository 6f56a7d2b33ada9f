package io.espalier.registry.client;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicBoolean;

/** A source that can be read but once. */
final class OneTimeSource implements BlobSource {
    private final InputStream stream;
    private final AtomicBoolean opened = new AtomicBoolean();

    OneTimeSource(InputStream stream) {
        this.stream = stream;
    }

    /** Whether this source has nothing to give any more. */
    static boolean isSpent(BlobSource source) {
        return source instanceof OneTimeSource once && once.opened.get();
    }

    @Override
    public InputStream open() throws IOException {
        if (!opened.compareAndSet(false, true)) {
            throw new IOException("the stream was read already and cannot begin anew");
        }
        return stream;
    }
}
