package io.espalier.collector.send;

import io.espalier.stream.report.Report;
import java.util.concurrent.CompletableFuture;

/**
 * Sends a report once.
 *
 * <p>Never blocks and never fails but through the future; cancelling the future gives up the connection. Safe for use by many
 * threads. What was sent may be stored even if no answer came.
 */
@FunctionalInterface
public interface ReportSender {
    CompletableFuture<SendResult> send(Report report);
}
