package io.espalier.kernel.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigCheckTest {
    private static final ConfigSchema GATEWAY = ConfigSchema.of(
            ConfigKey.optional("port", ConfigType.INTEGER, "The port.")
                    .withDefault("8480")
                    .between(1, 65_535),
            ConfigKey.optional("queue-bytes", ConfigType.LONG, "Bytes for each stream's queue."),
            ConfigKey.optional("compression", ConfigType.STRING, "How batches are packed.")
                    .withDefault("zstd")
                    .oneOf("none", "gzip", "zstd"),
            ConfigKey.optional("share", ConfigType.DOUBLE, "Of the traffic.").between(0, 1),
            ConfigKey.optional("tls", ConfigType.BOOLEAN, "Whether to encrypt."),
            ConfigKey.optional("brokers", ConfigType.STRINGS, "Where Kafka is.").between(1, 3),
            ConfigKey.optional("password", ConfigType.SECRET, "Of the broker."));

    @Test
    void acceptsAndTypesEveryValueAndFillsInDefaults() {
        var raw = Map.<String, Object>of(
                "queue-bytes", 5, "share", 0.5, "tls", "TRUE", "brokers", List.of("a:1", "b:2"), "password", "geheim");
        assertThat(accepted(raw))
                .containsEntry("port", 8480)
                .containsEntry("queue-bytes", 5L)
                .containsEntry("compression", "zstd")
                .containsEntry("share", 0.5)
                .containsEntry("tls", true)
                .containsEntry("brokers", new String[] {"a:1", "b:2"})
                .containsEntry("password", new Secret("geheim"))
                .hasSize(7);
    }

    @Test
    void reportsEveryMistakeAtOnce() {
        var raw = Map.<String, Object>of("queue-byts", 5, "port", 70_000, "compression", "zip");
        assertThat(problems(raw))
                .containsExactlyInAnyOrder(
                        "stream.gateway: unknown key 'queue-byts'; did you mean 'queue-bytes'?",
                        "stream.gateway: 'port' is '70000' but must be a whole number from 1 to 65535.",
                        "stream.gateway: 'compression' is 'zip' but must be one of none, gzip, zstd.");
    }

    @Test
    void keyThatIsNearToNoneIsAnsweredWithAll() {
        assertThat(problems(Map.of("weather", 1)))
                .singleElement()
                .asString()
                .contains("known are brokers, compression");
    }

    @Test
    void missingRequiredKeyIsNamed() {
        var schema = ConfigSchema.of(ConfigKey.required("url", ConfigType.STRING, "The database."));
        assertThat(ConfigCheck.check("stream.catalog", Map.of(), schema))
                .isEqualTo(
                        new ConfigCheck.Rejected(List.of("stream.catalog: the key 'url' is missing; give it a text.")));
    }

    @ParameterizedTest
    @CsvSource({
        "port, 8480.5",
        "port, x",
        "port, ''",
        "port, 99999999999",
        "queue-bytes, 1e999999999",
        "queue-bytes, 1e400",
        "share, NaN",
        "share, 1.01",
        "tls, yes",
        "brokers, ''",
        "brokers, 'a,b,c,d'"
    })
    void badValueIsRefusedWithWhatIsAllowed(String key, String value) {
        assertThat(problems(Map.of(key, value)))
                .singleElement()
                .asString()
                .contains("'" + key + "' is '" + value + "' but must be");
    }

    @Test
    void structureInThePlaceOfAValueIsRefused() {
        assertThat(problems(Map.of("port", List.of(1), "compression", Map.of("a", 1), "brokers", List.of(List.of()))))
                .hasSize(3);
        assertThat(problems(Map.of("brokers", Arrays.asList("a", null)))).hasSize(1);
    }

    @Test
    void nullCountsAsNotGiven() {
        var raw = new HashMap<String, @Nullable Object>();
        raw.put("port", null);
        assertThat(ConfigCheck.check("stream.gateway", raw, GATEWAY))
                .isInstanceOfSatisfying(ConfigCheck.Accepted.class, accepted -> assertThat(accepted.values())
                        .containsEntry("port", 8480));
    }

    @Test
    void secretIsNeverShown() {
        var schema = ConfigSchema.of(
                ConfigKey.required("password", ConfigType.SECRET, "").oneOf("right"));
        assertThat(ConfigCheck.check("p", Map.of("password", "geheim"), schema).toString())
                .doesNotContain("geheim");
        var accepted = (ConfigCheck.Accepted) ConfigCheck.check("p", Map.of("password", "right"), schema);
        assertThat(accepted.toString()).doesNotContain("right").contains("***");
        assertThat(accepted.revealed()).containsEntry("password", "right");
    }

    @Test
    void unknownPidIsAnsweredWithTheNearest() {
        assertThat(ConfigCheck.unknownPid("stream.gatway", List.of("stream.gateway", "stream.catalog")))
                .isEqualTo("Nothing is configured by 'stream.gatway'; did you mean 'stream.gateway'?");
    }

    private static Map<String, Object> accepted(Map<String, Object> raw) {
        var result = ConfigCheck.check("stream.gateway", raw, GATEWAY);
        assertThat(result).isInstanceOf(ConfigCheck.Accepted.class);
        return ((ConfigCheck.Accepted) result).values();
    }

    private static List<String> problems(Map<String, Object> raw) {
        var result = ConfigCheck.check("stream.gateway", raw, GATEWAY);
        assertThat(result).isInstanceOf(ConfigCheck.Rejected.class);
        return ((ConfigCheck.Rejected) result).problems();
    }
}
