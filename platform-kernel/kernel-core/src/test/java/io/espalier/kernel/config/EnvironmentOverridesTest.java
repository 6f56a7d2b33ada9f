package io.espalier.kernel.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class EnvironmentOverridesTest {
    private static final ConfigSchema SCHEMA = ConfigSchema.of(
            ConfigKey.optional("queue-bytes", ConfigType.LONG, ""), ConfigKey.optional("port", ConfigType.INTEGER, ""));

    @Test
    void variableWinsOverTheFile() {
        var overrides = new EnvironmentOverrides(Map.of("ESPALIER_STREAM_GATEWAY__QUEUE_BYTES", "7", "PATH", "x"));
        var result = overrides.apply("stream.gateway", Map.of("queue-bytes", 5, "port", 1), SCHEMA);
        assertThat(result.values()).containsEntry("queue-bytes", "7").containsEntry("port", 1);
        assertThat(result.overridden()).containsExactly("queue-bytes");
        assertThat(result.problems()).isEmpty();
        assertThat(EnvironmentOverrides.name("stream.gateway", "queue-bytes"))
                .isEqualTo("ESPALIER_STREAM_GATEWAY__QUEUE_BYTES");
    }

    @Test
    void variableThatFitsNoKeyIsAnsweredWithTheNearest() {
        var overrides = new EnvironmentOverrides(Map.of("ESPALIER_STREAM_GATEWAY__QUEUE_BYTS", "7"));
        assertThat(overrides.apply("stream.gateway", Map.of(), SCHEMA).problems())
                .containsExactly("stream.gateway: the environment variable ESPALIER_STREAM_GATEWAY__QUEUE_BYTS fits no"
                        + " key; did you mean 'queue-bytes'?");
    }

    @Test
    void variableThatFitsTwoKeysIsAProblem() {
        var schema = ConfigSchema.of(
                ConfigKey.optional("a-b", ConfigType.STRING, ""), ConfigKey.optional("a.b", ConfigType.STRING, ""));
        var overrides = new EnvironmentOverrides(Map.of("ESPALIER_P__A_B", "7"));
        assertThat(overrides.apply("p", Map.of(), schema).problems())
                .singleElement()
                .asString()
                .contains("a-b, a.b");
    }

    @Test
    void variableOfNoConfigurationIsAStranger() {
        var overrides = new EnvironmentOverrides(Map.of("ESPALIER_STREAM_GATWAY__PORT", "7", "ESPALIER_HOME", "/x"));
        assertThat(overrides.strangers(List.of("stream.gateway", "kernel")))
                .containsExactly("The environment variable ESPALIER_STREAM_GATWAY__PORT fits no configuration; did you"
                        + " mean 'stream.gateway'?");
    }

    @Property(tries = 200)
    void everyKeyCanBeOverriddenByItsVariable(
            @ForAll
                    @CharRange(from = 'a', to = 'z')
                    @CharRange(from = '0', to = '9')
                    @Chars({'-', '.'})
                    @StringLength(min = 1, max = 20)
                    String key) {
        var schema = ConfigSchema.of(ConfigKey.optional(key, ConfigType.STRING, ""));
        var overrides = new EnvironmentOverrides(Map.of(EnvironmentOverrides.name("some.pid", key), "v"));
        var result = overrides.apply("some.pid", Map.of(key, "old"), schema);
        assertThat(result.values()).containsEntry(key, "v").hasSize(1);
    }
}
