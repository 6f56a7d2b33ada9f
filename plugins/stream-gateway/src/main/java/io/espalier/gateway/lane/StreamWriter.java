package io.espalier.gateway.lane;

import io.espalier.stream.report.Report;
import java.util.concurrent.CompletableFuture;

/**
 * Writes the reports of one stream; used by the one worker of its lane.
 *
 * <p>{@link #write} may block, but only for a short, configured time, and only its own lane.
 */
public interface StreamWriter extends AutoCloseable {
    /**
     * Hands all records of the report to the cluster, in order.
     *
     * @return completes with null once every record is acknowledged by all replicas in sync, or exceptionally with a
     *     {@link WriteException} when at least one is not known to be; completed on any thread, never left open
     */
    CompletableFuture<Void> write(Report report);

    /** Settles what is in flight within a short time limit and ends the writer's threads; the lane's last call. */
    @Override
    void close();
}
