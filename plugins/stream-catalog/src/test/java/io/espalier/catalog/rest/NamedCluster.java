package io.espalier.catalog.rest;

import io.espalier.stream.cluster.KafkaCluster;
import java.util.Map;

/** A cluster at fixed bootstrap servers. */
public record NamedCluster(String name, String bootstrapServers) implements KafkaCluster {
    @Override
    public Map<String, Object> clientProperties() {
        return Map.of("bootstrap.servers", bootstrapServers);
    }
}
