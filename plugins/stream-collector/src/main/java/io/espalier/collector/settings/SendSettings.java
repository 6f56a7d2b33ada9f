package io.espalier.collector.settings;

import java.time.Duration;

/**
 * How records are sent.
 *
 * @param batchRecords the most records in a report
 * @param batchBytes the most payload bytes in a report, unless a single record has more
 * @param linger how long a record waits for others to go with it
 * @param requestTimeout how long an answer is waited for before the report is sent again
 * @param retryBase the upper bound of the first wait before a report is sent again; doubles each time
 * @param retryCap the upper bound of every such wait
 */
public record SendSettings(
        int batchRecords,
        int batchBytes,
        Duration linger,
        Duration requestTimeout,
        Duration retryBase,
        Duration retryCap) {
    public static final SendSettings DEFAULT = new SendSettings(
            1000,
            256 * 1024,
            Duration.ofMillis(100),
            Duration.ofSeconds(30),
            Duration.ofMillis(100),
            Duration.ofSeconds(5));

    public SendSettings {
        Limits.atLeast("batch-records", 1, batchRecords);
        Limits.atLeast("batch-bytes", 1, batchBytes);
        Limits.positive("linger", linger);
        Limits.positive("request-timeout", requestTimeout);
        Limits.positive("retry-base", retryBase);
        Limits.positive("retry-cap", retryCap);
    }
}
