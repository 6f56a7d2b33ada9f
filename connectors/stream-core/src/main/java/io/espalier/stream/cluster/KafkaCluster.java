package io.espalier.stream.cluster;

import java.util.Map;

/**
 * A Kafka cluster that is ready to be used; offered as a service as long as it is meant to be reachable.
 *
 * <p>Brokers may still fail while the service is registered: clients handle that as they always do.
 */
public interface KafkaCluster {
    /** The configured name, {@code main} for the only or first cluster. */
    String name();

    /** What every client needs to connect: {@code bootstrap.servers} and, where configured, security settings. */
    Map<String, Object> clientProperties();
}
