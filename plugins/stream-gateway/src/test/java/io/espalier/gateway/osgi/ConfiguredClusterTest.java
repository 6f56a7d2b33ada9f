package io.espalier.gateway.osgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfiguredClusterTest {
    @Test
    void handsOnBrokersAndClientProperties() {
        assertThat(ConfiguredCluster.properties("a:9092,[::1]:9093", "security.protocol=SSL", "x = y=z"))
                .isEqualTo(Map.of("bootstrap.servers", "a:9092,[::1]:9093", "security.protocol", "SSL", "x", "y=z"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "a:", "a:b", "a:1,", "http://a:1", "a:123456"})
    void refusesBrokersThatAreNotHostAndPort(String brokers) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ConfiguredCluster.properties(brokers))
                .withMessageContaining("write host:port");
    }

    @Test
    void refusesPropertiesWithoutAValueAndDoesNotShowThem() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ConfiguredCluster.properties("a:1", "secret"))
                .withMessageContaining("key=value")
                .withMessageNotContaining("secret");
    }
}
