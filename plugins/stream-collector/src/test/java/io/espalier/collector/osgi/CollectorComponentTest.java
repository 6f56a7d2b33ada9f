package io.espalier.collector.osgi;

import static io.espalier.collector.rig.LogFiles.append;
import static io.espalier.collector.rig.LogFiles.lines;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.espalier.collector.rig.GatewayDouble;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CollectorComponentTest {
    /** A configuration as the component runtime makes it: the given values, else the defaults. */
    private static CollectorConfig config(Map<String, Object> values) {
        return (CollectorConfig) Proxy.newProxyInstance(
                CollectorConfig.class.getClassLoader(),
                new Class<?>[] {CollectorConfig.class},
                (self, method, none) -> {
                    Object value = values.get(method.getName().replace("$_$", "-"));
                    return value == null ? method.getDefaultValue() : value;
                });
    }

    private static Map<String, Object> values(GatewayDouble gateway, Path data) {
        Map<String, Object> values = new HashMap<>();
        values.put("gateway", gateway.uri().toString());
        values.put("catalog", gateway.uri().toString());
        values.put("data-folder", data.resolve("collector").toString());
        values.put("poll-ms", 5);
        values.put("watch-ms", 10);
        values.put("rescan-ms", 20);
        values.put("linger-ms", 5);
        return values;
    }

    private static List<String> threads(String prefix) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(Thread::isAlive)
                .map(Thread::getName)
                .filter(name -> name.startsWith(prefix))
                .toList();
    }

    /** In a method of its own, so that no local variable keeps the component reachable afterwards. */
    private static void collectOnce(Path folder) throws Exception {
        Path log = folder.resolve("app.log");
        append(log, lines("x", 0, 100));
        try (GatewayDouble gateway = new GatewayDouble()) {
            gateway.knowNoStreams();
            Map<String, Object> values = values(gateway, folder);
            values.put("sources", new String[] {"demo.app.{file}=" + folder + "/*.log"});
            CollectorComponent component = new CollectorComponent(config(values), null);
            await("the lines").until(() -> gateway.lines("demo.app.app").size() == 100);
            await("the account").until(() -> component.sources().get(0).acknowledgedSeq() == 100);
            assertThat(component.name()).isEqualTo("collector");
            assertThat(component.counts()).hasSize(1);
            assertThat(new CollectorCommands(component).sources())
                    .contains("PATH", log.toString(), "demo.app.app", "100", "reading");
            component.deactivate();
            assertThat(threads("collector-")).as("own threads").isEmpty();
        }
    }

    @Test
    void collectsAndLeavesNoThread(@TempDir Path folder) throws Exception {
        collectOnce(folder);
        // The JDK's selector thread ends when its client is garbage.
        await("no thread left").atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            System.gc();
            assertThat(threads("HttpClient-")).isEmpty();
        });
    }

    @Test
    void feedsGeneratedStreamThroughAFile(@TempDir Path folder) throws Exception {
        try (GatewayDouble gateway = new GatewayDouble()) {
            Map<String, Object> values = values(gateway, folder);
            values.put("generate-stream", "demo.clock.tick");
            values.put("generate-rate", 5000);
            CollectorComponent component = new CollectorComponent(config(values), null);
            await("lines").until(() -> gateway.lines("demo.clock.tick").size() > 3000);
            component.deactivate();
            assertThat(gateway.lines("demo.clock.tick").get(2000))
                    .contains("clock tick 2000 ")
                    .hasSize(99);
            assertThat(Files.exists(folder.resolve("generated/clock.log"))).isTrue();
        }
    }

    @Test
    void namesEveryMistakeOfAConfigurationAtOnce() {
        Map<String, Object> values = Map.of(
                "sources", new String[] {"nothing", "a.b.c=relative"},
                "start-at", "middle",
                "gateway", "somewhere",
                "agent-id", "two words",
                "generate-stream", "one.two");
        assertThatThrownBy(() -> new CollectorComponent(config(values), null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("6 mistakes")
                .hasMessageContaining("'nothing' has no '='")
                .hasMessageContaining("no absolute path")
                .hasMessageContaining("write beginning or end")
                .hasMessageContaining("gateway is 'somewhere'")
                .hasMessageContaining("agent-id is 'two words'")
                .hasMessageContaining("has 2 parts");
    }

    @Test
    void publishesKeysWithHyphens() throws Exception {
        Path classes = Path.of(System.getProperty("espalier.basedir", "."), "target", "classes", "OSGI-INF");
        String component = Files.readString(classes.resolve(CollectorComponent.class.getName() + ".xml"));
        assertThat(component)
                .contains("configuration-pid=\"stream.collector\"")
                .contains("name=\"max-record-bytes\" type=\"Integer\" value=\"262144\"")
                .contains("interface=\"io.espalier.stream.stage.ReadLedger\"");
        assertThat(Files.readString(classes.resolve("metatype/stream.collector.xml")))
                .contains("id=\"generate-rate\"", "id=\"checkpoint-interval-ms\"");
        assertThat(Files.readString(classes.resolve(CollectorCommands.class.getName() + ".xml")))
                .contains("osgi.command.function");
    }
}
