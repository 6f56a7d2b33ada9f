package io.espalier.replication.osgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.relay.seal.CredentialSeal;
import io.espalier.replication.control.ControlSettings;
import io.espalier.replication.database.DatabaseAccess;
import io.espalier.replication.node.ControllerSettings;
import java.io.InputStream;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigReaderTest {
    /** The annotation with its defaults, but for some. */
    private static ControllerConfig config(Map<String, Object> values) {
        InvocationHandler handler =
                (proxy, method, arguments) -> values.getOrDefault(method.getName(), method.getDefaultValue());
        return (ControllerConfig) Proxy.newProxyInstance(
                ControllerConfig.class.getClassLoader(), new Class<?>[] {ControllerConfig.class}, handler);
    }

    private static ControllerSettings read(Map<String, Object> values) {
        return new ConfigReader(config(values), Path.of("data")).read();
    }

    @Test
    void theDefaultsAreEnough() {
        ControllerSettings settings = read(Map.of());

        assertThat(settings.database().url()).startsWith("jdbc:h2:file:").endsWith("/data/replication");
        assertThat(settings.folder()).isEqualTo(Path.of("data", "replication"));
        assertThat(settings.port()).isEqualTo(8491);
        assertThat(settings.plan().planner().name()).isEqualTo("planned");
        assertThat(settings.measure().every()).isEqualTo(Duration.ofHours(1));
        assertThat(settings.poll()).isEqualTo(Duration.ofMinutes(1));
        assertThat(settings.control()).isEqualTo(ControlSettings.DEFAULT);
        assertThat(settings.transfers().filter().matches("any/thing", "v1")).isTrue();
    }

    @Test
    void theRestDoorIsNotOpenedToTheNetworkByOneWord() {
        for (String host : List.of("0.0.0.0", "::", "10.0.0.7", "master.example.org", "127.0.0.1.example.org", "")) {
            assertThatThrownBy(() -> read(Map.of("host", host)))
                    .as(host)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("asks for no password")
                    .hasMessageContaining("insecure-open-rest");
        }
        for (String host : List.of("localhost", "127.0.0.2", "::1")) {
            assertThat(read(Map.of("host", host)).host()).isEqualTo(host);
        }
        assertThat(read(Map.of("host", "0.0.0.0", "insecure$_$open$_$rest", true))
                        .host())
                .isEqualTo("0.0.0.0");
    }

    @Test
    void everyMistakeIsNamedAtOnce() {
        assertThatThrownBy(() -> read(Map.ofEntries(
                        Map.entry("planner", "magic"),
                        Map.entry("replan$_$gain$_$percent", 100),
                        Map.entry("default$_$uplink$_$bytes$_$per$_$second", 1L),
                        Map.entry("tags", new String[] {"!!x"}),
                        Map.entry("platforms", new String[] {"linux"}),
                        Map.entry("schedule", "every day"),
                        Map.entry("backfill", "some"),
                        Map.entry("release$_$gate", "maybe"),
                        Map.entry("chunk$_$bytes", 1),
                        Map.entry("priorities", new String[] {"app=11"}),
                        Map.entry("poll$_$seconds", -1),
                        Map.entry("permission$_$seconds", 301),
                        Map.entry("cluster", ""))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("The configuration replication.controller has 13 mistakes: ")
                .hasMessageContaining("planner is 'magic'; use planned or greedy.")
                .hasMessageContaining("replan-gain-percent is 100; use 0 to 99.")
                .hasMessageContaining("The value of default-uplink-bytes-per-second is too small; use 1000 or more.")
                .hasMessageContaining("tags: '!x' is no glob")
                .hasMessageContaining("'linux' is no platform")
                .hasMessageContaining("'some' is no backfill policy")
                .hasMessageContaining("release-gate is 'maybe'; use if-present, required, off.")
                .hasMessageContaining("chunk-bytes is 1; use 65536 to 1048576, or 0.")
                .hasMessageContaining("permission-seconds is 301; use 1 to 300.")
                .hasMessageContaining("The value of poll-seconds is too small");
    }

    @Test
    void deletesNeedSomebodyWhoLooks() {
        assertThatThrownBy(() -> read(Map.of("deletes", "untag", "poll$_$seconds", 0)))
                .hasMessageContaining("deletes is untag but nobody looks at the registry");
        assertThat(read(Map.of("deletes", "untag", "poll$_$seconds", 0, "schedule", "0 3 * * *"))
                        .poll())
                .isZero();
    }

    @Test
    void secretsAreNotPrinted() {
        assertThat(read(Map.of("notification$_$token", "s3cret")).toString()).doesNotContain("s3cret");
    }

    @Test
    void aPasswordThatWasSealedByTheRelayIsOpened(@TempDir Path data) throws Exception {
        String sealed =
                CredentialSeal.open(data.resolve("relay/credentials.key")).seal("s3cret");
        Map<String, Object> values =
                Map.of("url", " jdbc:postgresql://db/espalier ", "user", "ann", "password", sealed);
        DatabaseAccess access = new ConfigReader(config(values), data).read().database();

        assertThat(access).isEqualTo(new DatabaseAccess("jdbc:postgresql://db/espalier", "ann", "s3cret"));
        assertThat(access.toString()).doesNotContain("s3cret");
        assertThatThrownBy(() -> new ConfigReader(config(values), data.resolve("elsewhere")).read())
                .hasMessageContaining("has 1 mistake: password: The sealed value of password cannot be opened");
    }

    @Test
    void keysAreInKebabCase() throws Exception {
        String name = "/OSGI-INF/metatype/replication.controller.xml";
        try (InputStream metatype = ControllerConfig.class.getResourceAsStream(name)) {
            assertThat(metatype).as(name).isNotNull();
            assertThat(new String(metatype.readAllBytes(), StandardCharsets.UTF_8))
                    .contains(
                            "id=\"replan-gain-percent\"",
                            "id=\"stripes\"",
                            "id=\"default-uplink-bytes-per-second\"",
                            "id=\"measure-every-minutes\"",
                            "id=\"notification-token\"",
                            "id=\"greedy-rule\"",
                            "id=\"permission-seconds\"",
                            "id=\"audit-days\"",
                            "id=\"audit-rows\"",
                            "id=\"poll-seconds\"");
        }
    }
}
