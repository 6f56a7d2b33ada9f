package io.espalier.bench;

/** One benchmark; it starts and ends what it needs by itself. */
public interface Benchmark {
    Report run() throws Exception;
}
