package io.espalier.stream.queue;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/** What became of a request offered to a {@link RequestQueue}. */
public sealed interface Offer {
    /** The queue holds the request. */
    record Accepted() implements Offer {}

    /** The queue is at its bound and did not take the request; offer it again after that time. */
    record Full(Duration retryAfter) implements Offer {
        public Full {
            requireNonNull(retryAfter, "retryAfter is null");
        }
    }

    /** The queue has been closed and takes nothing any more. */
    record Closed() implements Offer {}
}
