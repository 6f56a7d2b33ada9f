package io.espalier.gateway.lane;

import io.espalier.stream.catalog.StreamDefinition;

/**
 * Where lanes get their writers: the seam between the queues and the producers.
 *
 * <p>The pool decides how many producers there are and which lane uses which; today each lane gets one of its own. Safe for
 * use by many threads.
 */
public interface WriterPool {
    /**
     * A writer for the stream; called by the stream's worker when it has something to write, so that quiet streams cost
     * nothing. May take some 100 milliseconds.
     *
     * @throws WriteException when there can be no writer now
     */
    StreamWriter open(StreamDefinition stream) throws WriteException;
}
