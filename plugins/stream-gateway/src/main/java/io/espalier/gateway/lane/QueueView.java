package io.espalier.gateway.lane;

import io.espalier.stream.id.StreamId;

/**
 * One stream's queue at one moment.
 *
 * @param stream the stream
 * @param requests requests that wait or are being written
 * @param bytes the memory they hold, about
 * @param pushedBack requests answered with "queue full" since the gateway's start
 * @param stored records stored since the gateway's start
 */
public record QueueView(StreamId stream, long requests, long bytes, long pushedBack, long stored) {}
