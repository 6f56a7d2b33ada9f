package io.espalier.relay.osgi;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class RelayConfigTest {
    @Test
    void theKeysOfTheConfigurationAreAsDocumented() throws Exception {
        try (InputStream in = requireNonNull(
                RelayConfig.class.getResourceAsStream("/OSGI-INF/metatype/image.relay.xml"),
                "no metatype for image.relay")) {
            String metatype = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            for (String key : List.of(
                    "name",
                    "host",
                    "bind",
                    "port",
                    "master",
                    "join-token",
                    "site",
                    "registry-url",
                    "registry-user",
                    "registry-password",
                    "registry-ca-file",
                    "registry-insecure-http",
                    "store-port",
                    "store-bind",
                    "store-bytes",
                    "spool-bytes",
                    "uplink-bytes-per-second",
                    "insecure-plain-http")) {
                assertThat(metatype).contains("id=\"" + key + "\"");
            }
        }
    }
}
