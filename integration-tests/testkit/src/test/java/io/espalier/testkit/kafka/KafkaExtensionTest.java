package io.espalier.testkit.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class KafkaExtensionTest {
    @RegisterExtension
    static final KafkaExtension KAFKA = KafkaExtension.inProcess();

    @RegisterExtension
    static final KafkaExtension SECOND = KafkaExtension.inProcess();

    @Test
    void returnsWhatWasWritten() {
        String topic = KAFKA.newTopic("written");
        KAFKA.produce(topic, List.of("one".getBytes(UTF_8), "two".getBytes(UTF_8)));
        assertThat(KAFKA.consume(topic, 2, Duration.ofSeconds(20)))
                .extracting(r -> new String(r.value(), UTF_8))
                .containsExactly("one", "two");
    }

    @Test
    void sharesOneBrokerAmongAllTests() {
        assertThat(SECOND.bootstrapServers()).isEqualTo(KAFKA.bootstrapServers());
    }

    @Test
    void saysHowManyRecordsAreMissing() {
        String topic = KAFKA.newTopic("short");
        KAFKA.produce(topic, List.of(new byte[1]));
        assertThatThrownBy(() -> KAFKA.consume(topic, 3, Duration.ofMillis(1500)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("Expected 3 records")
                .hasMessageContaining("found 1");
    }

    @Test
    void saysThatATopicCannotBeCreatedTwice() {
        String topic = KAFKA.createTopic("twice", 2);
        assertThatThrownBy(() -> KAFKA.createTopic(topic, 2))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("already exists");
    }
}
