package io.espalier.engine.osgi;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class EngineConfigTest {
    @Test
    void theKeysOfTheConfigurationAreAsDocumented() throws Exception {
        try (InputStream in = requireNonNull(
                EngineConfig.class.getResourceAsStream("/OSGI-INF/metatype/docker.engine.xml"),
                "no metatype for docker.engine")) {
            String metatype = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            for (String key : List.of(
                    "socket",
                    "arrivals",
                    "gate",
                    "repositories",
                    "commands",
                    "stay-up-seconds",
                    "time-limit-seconds",
                    "memory-bytes",
                    "cpus",
                    "pids",
                    "network",
                    "read-only",
                    "parallel-tests",
                    "keep-logs",
                    "registry-host")) {
                assertThat(metatype).contains("id=\"" + key + "\"");
            }
        }
    }
}
