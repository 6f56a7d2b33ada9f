package io.espalier.kafka.osgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.kafka.supervisor.BrokerStatus;
import io.espalier.kafka.supervisor.BrokerStatus.State;
import io.espalier.kafka.supervisor.SupervisorSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.felix.hc.api.Result;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BrokerPlanTest {
    private static final Map<String, String> FRAMEWORK =
            Map.of("espalier.home", "/opt/espalier", "espalier.data", "/var/data", "espalier.log", "/var/log/espalier");

    @Test
    void takesItsPlacesFromTheFramework() {
        SupervisorSettings plan = BrokerPlan.of(Configuration.standard(), BrokerPlanTest::property);
        assertThat(plan.command())
                .containsSubsequence("-Xmx128m", "-cp", "/opt/espalier/lib/kafka/*")
                .containsSubsequence("--data", "/var/data/kafka", "--port", "9092")
                .endsWith("--until-stdin-closes");
        assertThat(plan.logFile()).isEqualTo(Path.of("/var/log/espalier/kafka.log"));
        assertThat(plan.bootstrapServers()).isEqualTo("127.0.0.1:9092");
    }

    @Test
    void prefersWhatIsConfigured() {
        Configuration configuration = new Configuration(
                9999, "/data/k", "/jars", 256, " -Xss1m  -ea ", new String[] {"", "num.io.threads = 4"}, 3);
        SupervisorSettings plan = BrokerPlan.of(configuration, BrokerPlanTest::property);
        assertThat(plan.command())
                .containsSubsequence("-Xmx256m", "-Xss1m", "-ea", "-cp", "/jars/*")
                .containsSubsequence("--data", "/data/k", "--port", "9999")
                .containsSubsequence("--set", "num.io.threads=4");
        assertThat(plan.stopLimit()).hasSeconds(3);
    }

    @Test
    void saysThatABrokerPropertyIsWrong() {
        Configuration configuration = new Configuration(9092, "", "", 128, "", new String[] {"num.io.threads"}, 10);
        assertThatThrownBy(() -> BrokerPlan.of(configuration, BrokerPlanTest::property))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'num.io.threads' is not name=value");
    }

    @Test
    void namesItsKeysInKebabCase() throws IOException {
        String metatype = resource("/OSGI-INF/metatype/kafka.embedded.xml");
        assertThat(metatype)
                .contains(
                        "id=\"heap-megabytes\"",
                        "id=\"jvm-options\"",
                        "id=\"broker-properties\"",
                        "id=\"stop-seconds\"");
    }

    @Test
    void doesNotImportTheServerIntoItsHost() throws IOException {
        assertThat(resource("/META-INF/MANIFEST.MF").replace("\r\n ", "").replace("\n ", ""))
                .contains("io.espalier.stream.cluster")
                .containsPattern("org\\.apache\\.felix\\.hc\\.api;[^,]*,3\\)\";resolution:=optional")
                .doesNotContain("kafka.server")
                .doesNotContain("org.apache.kafka");
    }

    @ParameterizedTest
    @EnumSource(State.class)
    void isWellOnlyWhileItServes(State state) {
        Result result = KafkaHealth.result(new BrokerStatus(state, 7, "127.0.0.1:9092", 2, "a problem"));
        assertThat(result.isOk()).isEqualTo(state == State.READY);
        assertThat(result.toString()).contains("pid=7", "restarts=2", "a problem");
    }

    private static String property(String name) {
        return FRAMEWORK.getOrDefault(name, "");
    }

    /** From this module's own output: other jars of the class path have a manifest, too. */
    private static String resource(String name) throws IOException {
        return Files.readString(Path.of(System.getProperty("espalier.basedir"), "target", "classes", name));
    }
}
