package io.espalier.gateway.osgi;

import static java.util.Objects.requireNonNull;

import io.espalier.stream.cluster.KafkaCluster;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The clusters on offer and the choice among them; warns when two have the same name. Thread-safe. */
final class KnownClusters {
    private static final Logger LOG = LoggerFactory.getLogger(KnownClusters.class);

    private final List<KafkaCluster> clusters = new ArrayList<>();

    synchronized void add(KafkaCluster cluster) {
        requireNonNull(cluster, "cluster is null");
        List<String> namesakes = new ArrayList<>(clusters.stream()
                .filter(other -> other.name().equals(cluster.name()))
                .map(KnownClusters::address)
                .toList());
        clusters.add(cluster);
        KafkaCluster used = chosen();
        if (!namesakes.isEmpty() && used != null) {
            namesakes.add(address(cluster));
            LOG.warn(
                    "{} Kafka clusters are named '{}', at {}; the gateway writes to {}, and other plug-ins may take another."
                            + " Keep one: leave embedded-kafka out of the profile or delete etc/kafka.cluster.json.",
                    namesakes.size(),
                    cluster.name(),
                    String.join(" and ", namesakes),
                    address(used));
        }
    }

    synchronized void remove(KafkaCluster cluster) {
        clusters.remove(cluster);
    }

    /** The cluster named main, else the one that came first; of several with one name, the one that came first. */
    synchronized @Nullable KafkaCluster chosen() {
        return clusters.stream()
                .filter(cluster -> cluster.name().equals("main"))
                .findFirst()
                .orElse(clusters.isEmpty() ? null : clusters.get(0));
    }

    private static String address(KafkaCluster cluster) {
        return String.valueOf(cluster.clientProperties().get("bootstrap.servers"));
    }
}
