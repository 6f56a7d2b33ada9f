package io.espalier.testkit.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ChildBrokersTest {
    private static final Duration LIMIT = Duration.ofSeconds(40);

    @RegisterExtension
    static final ChildBrokers BROKERS = KafkaExtension.childProcesses(2);

    @Test
    void keepsAcknowledgedRecordsOverAKill() {
        String topic = BROKERS.topics().create("killed", 1, 2);
        BROKERS.topics().produce(topic, List.of("one".getBytes(UTF_8)));
        BROKERS.broker(2).kill();
        assertThat(BROKERS.broker(2).isAlive()).isFalse();
        BROKERS.topics().produce(topic, List.of("two".getBytes(UTF_8)));
        BROKERS.broker(2).start();
        assertThat(BROKERS.topics().consume(topic, 2, LIMIT))
                .extracting(r -> new String(r.value(), UTF_8))
                .containsExactly("one", "two");
    }

    @Test
    void answersNothingWhileFrozen() throws Exception {
        String topic = BROKERS.topics().create("frozen", 1, 2);
        BROKERS.topics().produce(topic, List.of("one".getBytes(UTF_8)));
        Map<String, Object> impatient = Map.of(
                "bootstrap.servers", BROKERS.bootstrapServers(),
                "acks", "all",
                "max.block.ms", 1500,
                "request.timeout.ms", 1000,
                "linger.ms", 0,
                "delivery.timeout.ms", 1500);
        BROKERS.broker(1).freeze();
        BROKERS.broker(2).freeze();
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(impatient, new ByteArraySerializer(), new ByteArraySerializer())) {
            assertThatThrownBy(() -> producer.send(new ProducerRecord<>(topic, new byte[1]))
                            .get(20, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(TimeoutException.class);
        } finally {
            BROKERS.broker(1).thaw();
            BROKERS.broker(2).thaw();
        }
        BROKERS.topics().produce(topic, List.of("two".getBytes(UTF_8)));
    }

    @Test
    void refusesMoreBrokersThanAMachineCarries() {
        assertThatThrownBy(() -> KafkaExtension.childProcesses(4)).hasMessageContaining("from 1 to 3");
    }
}
