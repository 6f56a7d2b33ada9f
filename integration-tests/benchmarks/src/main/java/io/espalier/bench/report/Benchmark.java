package io.espalier.bench.report;

/** One benchmark; it starts and ends what it needs by itself. */
public interface Benchmark {
    Report run() throws Exception;
}
