package io.espalier.embedded.client;

import io.espalier.registry.metrics.RegistryCounters;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Counts what is read. */
final class CountedStream extends FilterInputStream {
    private final RegistryCounters counters;

    CountedStream(InputStream stream, RegistryCounters counters) {
        super(stream);
        this.counters = counters;
    }

    @Override
    public int read() throws IOException {
        int one = super.read();
        counters.addBytesIn(one < 0 ? 0 : 1);
        return one;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int count = super.read(target, offset, length);
        counters.addBytesIn(Math.max(0, count));
        return count;
    }
}
