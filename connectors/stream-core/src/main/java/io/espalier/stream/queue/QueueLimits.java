package io.espalier.stream.queue;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * The bounds of one stream's queue; both hold at once.
 *
 * @param maxRequests the most requests that wait, at least 1
 * @param maxBytes the most bytes that wait, at least 1
 * @param retryAfter what a request is told that finds the queue full
 */
public record QueueLimits(int maxRequests, long maxBytes, Duration retryAfter) {
    public QueueLimits {
        if (maxRequests < 1) {
            throw new IllegalArgumentException("queue-requests is " + maxRequests + "; use at least 1.");
        }
        if (maxBytes < 1) {
            throw new IllegalArgumentException("queue-bytes is " + maxBytes + "; use at least 1.");
        }
        requireNonNull(retryAfter, "retryAfter is null");
    }
}
