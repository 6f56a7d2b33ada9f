package io.espalier.gateway.osgi;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.espalier.stream.cluster.KafkaCluster;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class KnownClustersTest {
    private final Logger logger = (Logger) LoggerFactory.getLogger(KnownClusters.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final KnownClusters clusters = new KnownClusters();

    private record Named(String name, String address) implements KafkaCluster {
        @Override
        public Map<String, Object> clientProperties() {
            return Map.of("bootstrap.servers", address);
        }
    }

    @BeforeEach
    void listen() {
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void listenNoMore() {
        logger.detachAppender(log);
    }

    @Test
    void prefersTheOneNamedMainAndElseTakesTheFirst() {
        assertThat(clusters.chosen()).isNull();
        KafkaCluster other = new Named("other", "o:1");
        KafkaCluster main = new Named("main", "m:1");
        clusters.add(other);
        assertThat(clusters.chosen()).isSameAs(other);
        clusters.add(main);
        assertThat(clusters.chosen()).isSameAs(main);
        clusters.remove(main);
        assertThat(clusters.chosen()).isSameAs(other);
        assertThat(log.list).isEmpty();
    }

    @Test
    void warnsOnceOfTwoClustersOfOneNameAndKeepsTheFirst() {
        KafkaCluster first = new Named("main", "127.0.0.1:9092");
        clusters.add(first);
        clusters.add(new Named("main", "kafka.example:9092"));

        assertThat(clusters.chosen()).isSameAs(first);
        assertThat(log.list).hasSize(1);
        assertThat(log.list.get(0).getLevel()).isEqualTo(Level.WARN);
        assertThat(log.list.get(0).getFormattedMessage())
                .isEqualTo(
                        "2 Kafka clusters are named 'main', at 127.0.0.1:9092 and kafka.example:9092; the gateway writes to"
                                + " 127.0.0.1:9092, and other plug-ins may take another. Keep one: leave embedded-kafka out of"
                                + " the profile or delete etc/kafka.cluster.json.");
    }
}
