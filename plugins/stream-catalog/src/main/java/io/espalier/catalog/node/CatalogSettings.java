package io.espalier.catalog.node;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How a catalog runs.
 *
 * @param host the address of the REST door
 * @param port 0 to 65535; 0 takes any free port
 * @param url the database, {@code jdbc:h2:file:PATH}
 * @param replicationFactor of new topics, 1 to 32,767; -1 for the cluster's default
 * @param kafkaLimit how long one operation on the cluster may take, 100 ms to 60 s
 * @param maxChanges changes by REST that run or wait at most, 1 to 1,000
 */
public record CatalogSettings(
        String host, int port, String url, int replicationFactor, Duration kafkaLimit, int maxChanges) {
    public CatalogSettings {
        requireNonNull(host, "host is null");
        requireNonNull(url, "url is null");
        requireNonNull(kafkaLimit, "kafkaLimit is null");
        if (replicationFactor != -1 && (replicationFactor < 1 || replicationFactor > Short.MAX_VALUE)) {
            throw new IllegalArgumentException(
                    "replication-factor is " + replicationFactor + "; use 1 or more, or -1 for the cluster's default.");
        }
        if (kafkaLimit.toMillis() < 100 || kafkaLimit.toMillis() > 60_000) {
            throw new IllegalArgumentException(
                    "kafka-timeout-millis is " + kafkaLimit.toMillis() + "; use 100 to 60000.");
        }
        if (maxChanges < 1 || maxChanges > 1_000) {
            throw new IllegalArgumentException("max-changes is " + maxChanges + "; use 1 to 1000.");
        }
    }
}
